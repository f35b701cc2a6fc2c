/** Text to token ids, by the {@code tokenizer.json} of a Hugging Face model directory. */
@NullMarked
package dev.tributary.training.tokenizer;

import org.jspecify.annotations.NullMarked;
