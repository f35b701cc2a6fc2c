/** A job as a pure state machine: commands in, events and messages out, no input or output of its own. */
@NullMarked
package dev.tributary.coordinator.job;

import org.jspecify.annotations.NullMarked;
