/** One sender's messages to one receiver as a chain: each has the next number and the hash of the one before. */
@NullMarked
package dev.tributary.protocol.chain;

import org.jspecify.annotations.NullMarked;
