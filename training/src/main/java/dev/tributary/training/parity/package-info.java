/** Comparison of this engine with recorded results of PyTorch and PEFT. */
@NullMarked
package dev.tributary.training.parity;

import org.jspecify.annotations.NullMarked;
