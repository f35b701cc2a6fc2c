/** The closed catalogue of steps that an agent can take around training. */
@NullMarked
package dev.tributary.agent.operation;

import org.jspecify.annotations.NullMarked;
