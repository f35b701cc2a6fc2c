/** Messages as Protobuf inside signed envelopes. */
@NullMarked
package dev.tributary.protocol.codec;

import org.jspecify.annotations.NullMarked;
