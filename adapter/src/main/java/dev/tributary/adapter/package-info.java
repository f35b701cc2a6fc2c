/** What a LoRA adapter is: its configuration, its tensors, and the two file forms it travels in. */
@NullMarked
package dev.tributary.adapter;

import org.jspecify.annotations.NullMarked;
