/** The agent's membership: how it is obtained, kept and renewed. */
@NullMarked
package dev.tributary.agent.enrol;

import org.jspecify.annotations.NullMarked;
