/** Measurements of aggregation on made-up updates. */
@NullMarked
package dev.tributary.aggregation.bench;

import org.jspecify.annotations.NullMarked;
