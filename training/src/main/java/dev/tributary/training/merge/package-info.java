/** Base and adapter made into one model. */
@NullMarked
package dev.tributary.training.merge;

import org.jspecify.annotations.NullMarked;
