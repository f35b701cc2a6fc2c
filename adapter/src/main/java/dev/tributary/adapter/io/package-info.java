/** Files that several processes share. */
@NullMarked
package dev.tributary.adapter.io;

import org.jspecify.annotations.NullMarked;
