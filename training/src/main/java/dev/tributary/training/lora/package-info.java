/** Adapter types: how small trained tensors change the output of a frozen linear module. */
@NullMarked
package dev.tributary.training.lora;

import org.jspecify.annotations.NullMarked;
