/** Gradients of single examples: their norms without storing them, and their clipped sum. */
@NullMarked
package dev.tributary.training.privacy;

import org.jspecify.annotations.NullMarked;
