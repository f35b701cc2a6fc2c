/** From a global state and its folds to one adapter for the unmodified base. */
@NullMarked
package dev.tributary.aggregation.export;

import org.jspecify.annotations.NullMarked;
