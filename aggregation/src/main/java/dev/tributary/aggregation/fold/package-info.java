/** The log of low-rank folds that grow a frozen base. */
@NullMarked
package dev.tributary.aggregation.fold;

import org.jspecify.annotations.NullMarked;
