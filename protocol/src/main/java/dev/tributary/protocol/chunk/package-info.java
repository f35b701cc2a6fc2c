/** Blobs in pieces: cutting them, putting them together in any order, going on after a break. */
@NullMarked
package dev.tributary.protocol.chunk;

import org.jspecify.annotations.NullMarked;
