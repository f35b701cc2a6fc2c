/** One file per model family, each readable from top to bottom with tensor shapes beside the code. */
@NullMarked
package dev.tributary.training.model.family;

import org.jspecify.annotations.NullMarked;
