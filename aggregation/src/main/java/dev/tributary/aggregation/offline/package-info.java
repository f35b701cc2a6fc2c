/** Aggregation of adapters that lie in PEFT directories, without a federation. */
@NullMarked
package dev.tributary.aggregation.offline;

import org.jspecify.annotations.NullMarked;
