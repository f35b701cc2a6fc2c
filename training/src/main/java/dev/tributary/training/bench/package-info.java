/** Measuring the engine on models made up for the purpose: shapes are real, values random. */
@NullMarked
package dev.tributary.training.bench;

import org.jspecify.annotations.NullMarked;
