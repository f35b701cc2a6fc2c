/** The numerics behind the methods: weighted sums, factor products, seeded initial tensors. */
@NullMarked
package dev.tributary.aggregation.engine;

import org.jspecify.annotations.NullMarked;
