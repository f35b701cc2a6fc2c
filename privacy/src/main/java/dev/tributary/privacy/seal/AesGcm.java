package dev.tributary.privacy.seal;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;

/** The Java runtime's own AES-GCM, whichever other providers are registered. */
final class AesGcm {

    static final int TAG_BITS = 128;
    static final int TAG_BYTES = TAG_BITS / 8;

    private AesGcm() {}

    static Cipher cipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks AES-GCM", e);
        }
    }
}
