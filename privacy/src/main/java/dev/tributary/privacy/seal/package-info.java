/** Content that only its addressee can read: HPKE for the key, AES-GCM for the bytes. */
@NullMarked
package dev.tributary.privacy.seal;

import org.jspecify.annotations.NullMarked;
