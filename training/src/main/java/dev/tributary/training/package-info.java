/** Local training: Hugging Face models, adapters and optimisers on libtorch. */
@NullMarked
package dev.tributary.training;

import org.jspecify.annotations.NullMarked;
