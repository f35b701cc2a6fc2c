/** What an agent needs, looked at before it starts. */
@NullMarked
package dev.tributary.agent.check;

import org.jspecify.annotations.NullMarked;
