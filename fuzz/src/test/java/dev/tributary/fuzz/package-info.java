/** Readers of bytes from outside under a fuzzer: each takes an input or refuses it by the one exception it names. */
@NullMarked
package dev.tributary.fuzz;

import org.jspecify.annotations.NullMarked;
