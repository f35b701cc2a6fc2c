/** Signing and checking the exact bytes of a message: what the transport needs of identities, and no more. */
@NullMarked
package dev.tributary.privacy.envelope;

import org.jspecify.annotations.NullMarked;
