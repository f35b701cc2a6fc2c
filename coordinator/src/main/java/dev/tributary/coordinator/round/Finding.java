package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.Flaw;
import org.jspecify.annotations.Nullable;

/**
 * What was found in an update's tensors.
 *
 * @param flaw null if nothing is wrong
 */
record Finding(@Nullable Flaw flaw) {}
