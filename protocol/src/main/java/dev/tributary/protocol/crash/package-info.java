/** Places where tests end a process as a power cut would. */
@NullMarked
package dev.tributary.protocol.crash;

import org.jspecify.annotations.NullMarked;
