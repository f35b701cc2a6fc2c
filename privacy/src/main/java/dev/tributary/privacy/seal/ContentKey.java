package dev.tributary.privacy.seal;

import dev.tributary.privacy.identity.IdentityException;
import dev.tributary.privacy.identity.PrivateFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the keys of single contents from one secret of their sender. The key depends on the content's hash, so one key
 * never encrypts two contents, and content that has to be sent again after a crash comes out as the same bytes.
 */
public final class ContentKey {

    /** Length of a key in bytes. */
    public static final int BYTES = 32;

    private final byte[] secret;

    private ContentKey(byte[] secret) {
        this.secret = secret;
    }

    /** Reads the secret in {@code file}, or makes one there if the file does not exist. */
    public static ContentKey loadOrCreate(Path file) {
        if (!PrivateFiles.exists(file)) {
            byte[] fresh = new byte[BYTES];
            new SecureRandom().nextBytes(fresh);
            PrivateFiles.createExclusively(file, HexFormat.of().formatHex(fresh).getBytes(StandardCharsets.US_ASCII));
        }
        String text = new String(PrivateFiles.read(file), StandardCharsets.US_ASCII).strip();
        if (!text.matches("[0-9a-f]{64}")) {
            throw new IdentityException("Key file " + file + " must hold 64 hex digits. Remove it; another is made.");
        }
        return new ContentKey(HexFormat.of().parseHex(text));
    }

    /** @param sha256 of the content, hex */
    public byte[] of(String sha256, long size) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(("tributary content " + sha256 + " " + size).getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks HmacSHA256", e);
        }
    }
}
