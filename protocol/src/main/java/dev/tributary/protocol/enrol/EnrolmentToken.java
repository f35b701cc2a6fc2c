package dev.tributary.protocol.enrol;

import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.protocol.blob.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What an administrator hands to a site, outside of the network: {@code tre1.ID.SECRET.AUTHORITY.SUITE}. It admits one
 * agent once, and tells it which certificate authority to believe and how to seal.
 *
 * @param secret 256 random bits, base64url
 * @param authority SHA-256 of the authority's certificate, 64 hex digits
 */
public record EnrolmentToken(String id, String secret, String authority, SealSuite suite) {

    private static final Pattern FORM =
            Pattern.compile("tre1\\.([a-f0-9]{16})\\.([A-Za-z0-9_-]{43})\\.([a-f0-9]{64})\\.([0-9]{1,5})");

    /** @throws IllegalArgumentException if the text is no such token */
    public static EnrolmentToken parse(String text) {
        Matcher parts = FORM.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "this is no enrolment token: it looks like tre1.ID.SECRET.AUTHORITY.SUITE, all on one line");
        }
        return new EnrolmentToken(
                parts.group(1), parts.group(2), parts.group(3), SealSuite.of(Integer.parseInt(parts.group(4))));
    }

    /** The whole token, as the site needs it. */
    public String text() {
        return "tre1." + id + "." + secret + "." + authority + "." + suite.id();
    }

    /** The key of the proofs; the coordinator keeps it in place of the secret. */
    public String proofKey() {
        return proofKey(secret);
    }

    public static String proofKey(String secret) {
        return Sha256.hex(Sha256.of(("tributary enrolment " + secret).getBytes(StandardCharsets.US_ASCII)));
    }

    /** A new secret from 32 random bytes. */
    public static String secret(byte[] random) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    static byte[] proof(String proofKey, String purpose, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(proofKey.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            mac.update((purpose + "\0").getBytes(StandardCharsets.US_ASCII));
            return mac.doFinal(body);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks HmacSHA256", e);
        }
    }

    static boolean proves(String proofKey, String purpose, byte[] body, byte[] proof) {
        return MessageDigest.isEqual(proof(proofKey, purpose, body), proof);
    }

    @Override
    public String toString() {
        return "EnrolmentToken[" + id + "]";
    }
}
