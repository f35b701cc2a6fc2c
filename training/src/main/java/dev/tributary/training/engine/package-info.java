/** The training engine on libtorch: loading, batching, the training loop and evaluation. */
@NullMarked
package dev.tributary.training.engine;

import org.jspecify.annotations.NullMarked;
