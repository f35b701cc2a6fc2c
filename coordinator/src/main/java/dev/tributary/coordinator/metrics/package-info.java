/** Figures for Prometheus and other collectors, made from the log. */
@NullMarked
package dev.tributary.coordinator.metrics;

import org.jspecify.annotations.NullMarked;
