/** What the broker carries and cannot read: messages and blobs sealed to their addressee. */
@NullMarked
package dev.tributary.protocol.seal;

import org.jspecify.annotations.NullMarked;
