/** Both ends of the wire within one process, without a broker. */
@NullMarked
package dev.tributary.protocol.memory;

import org.jspecify.annotations.NullMarked;
