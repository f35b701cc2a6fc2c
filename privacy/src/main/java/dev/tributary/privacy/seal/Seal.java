package dev.tributary.privacy.seal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;

/**
 * A short text that one key can open. Key and nonce are exported from the HPKE context (RFC 9180 §5.3); the bytes
 * themselves go through the Java runtime's AES-GCM, which is a hundred times as fast as Bouncy Castle's.
 *
 * @param encapsulated HPKE's {@code enc}
 * @param sealed ciphertext and tag
 */
public record Seal(SealSuite suite, byte[] encapsulated, byte[] sealed) {

    private static final byte[] KEY = "tributary key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NONCE = "tributary nonce".getBytes(StandardCharsets.US_ASCII);

    /**
     * @param info what the key is made for; differs between purposes
     * @param bound known to both sides and not sent, which the text belongs to
     */
    public static Seal seal(SealingKey to, byte[] info, byte[] bound, byte[] text) {
        HPKEContextWithEncapsulation context = to.suite().hpke().setupBaseS(to.parameter(), info);
        try {
            return new Seal(
                    to.suite(),
                    context.getEncapsulation(),
                    cipher(Cipher.ENCRYPT_MODE, context, bound).doFinal(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot encrypt with AES-GCM", e);
        }
    }

    static byte[] open(HPKEContext context, byte[] bound, byte[] sealed) {
        try {
            return cipher(Cipher.DECRYPT_MODE, context, bound).doFinal(sealed);
        } catch (GeneralSecurityException e) {
            throw new UnopenableException("not sealed to this side's key, or changed on the way", e);
        }
    }

    private static Cipher cipher(int mode, HPKEContext context, byte[] bound) throws GeneralSecurityException {
        Cipher cipher = AesGcm.cipher();
        cipher.init(
                mode,
                new SecretKeySpec(context.export(KEY, 32), "AES"),
                new GCMParameterSpec(AesGcm.TAG_BITS, context.export(NONCE, 12)));
        cipher.updateAAD(bound);
        return cipher;
    }
}
