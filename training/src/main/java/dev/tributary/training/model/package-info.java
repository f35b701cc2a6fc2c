/** Hugging Face checkpoints and the building blocks that model families are written in. */
@NullMarked
package dev.tributary.training.model;

import org.jspecify.annotations.NullMarked;
