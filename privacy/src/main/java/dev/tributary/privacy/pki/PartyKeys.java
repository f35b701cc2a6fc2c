package dev.tributary.privacy.pki;

import dev.tributary.privacy.envelope.VerifyingKey;
import dev.tributary.privacy.seal.SealingKey;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;

/**
 * The keys besides its TLS key that a certificate binds to its party, in two extensions of its own.
 *
 * @param signing verifies its messages
 * @param sealing takes what only it may read
 */
public record PartyKeys(VerifyingKey signing, SealingKey sealing) {

    static final ASN1ObjectIdentifier SIGNING = new ASN1ObjectIdentifier("2.25.63812430861036974334854073410745361847");
    static final ASN1ObjectIdentifier SEALING =
            new ASN1ObjectIdentifier("2.25.166707395278337919419752349389820286853");

    /** @throws IllegalArgumentException if the certificate lacks one, or one is no key */
    public static PartyKeys of(X509Certificate certificate) {
        return new PartyKeys(
                VerifyingKey.ofRaw(extension(certificate, SIGNING, "signing")),
                SealingKey.decode(extension(certificate, SEALING, "sealing")));
    }

    /** The bytes of the signing key in hex, not looked at. @throws IllegalArgumentException if there are none */
    public static String signingKey(X509Certificate certificate) {
        return HexFormat.of().formatHex(extension(certificate, SIGNING, "signing"));
    }

    private static byte[] extension(X509Certificate certificate, ASN1ObjectIdentifier oid, String what) {
        byte[] value = certificate.getExtensionValue(oid.getId());
        if (value == null) {
            throw new IllegalArgumentException(
                    "the certificate of " + certificate.getSubjectX500Principal() + " names no " + what + " key");
        }
        return ASN1OctetString.getInstance(ASN1OctetString.getInstance(value).getOctets())
                .getOctets();
    }
}
