/** From a plan to its sealed answer. */
@NullMarked
package dev.tributary.agent.execute;

import org.jspecify.annotations.NullMarked;
