/** A whole federation in this process: coordinator, broker and agents, over real sockets. */
@NullMarked
package dev.tributary.cli.local;

import org.jspecify.annotations.NullMarked;
