/** Adapters in PEFT directories. */
@NullMarked
package dev.tributary.cli.adapter;

import org.jspecify.annotations.NullMarked;
