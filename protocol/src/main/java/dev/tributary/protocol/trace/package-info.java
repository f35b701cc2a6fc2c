/** Traces that follow a round through coordinator and agents. */
@NullMarked
package dev.tributary.protocol.trace;

import org.jspecify.annotations.NullMarked;
