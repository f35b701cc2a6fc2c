/** Blobs at rest: content-addressed files, and files of which only some chunks have arrived. */
@NullMarked
package dev.tributary.protocol.blob;

import org.jspecify.annotations.NullMarked;
