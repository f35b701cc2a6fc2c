/** Base models: what they are, and whether this engine computes them as PyTorch does. */
@NullMarked
package dev.tributary.cli.model;

import org.jspecify.annotations.NullMarked;
