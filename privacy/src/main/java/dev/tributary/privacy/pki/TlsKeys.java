package dev.tributary.privacy.pki;

import dev.tributary.privacy.identity.IdentityException;
import dev.tributary.privacy.identity.Pem;
import dev.tributary.privacy.identity.PrivateFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Key pairs for TLS, on the curve P-256, and requests that prove their possession (PKCS#10, RFC 2986). */
public final class TlsKeys {

    static final String SIGNATURE = "SHA256withECDSA";
    private static final int FIELD_BITS = 256;
    private static final int MAX_REQUEST_BYTES = 8192;

    private TlsKeys() {}

    public static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks the curve P-256", e);
        }
    }

    /** Writes a key pair to {@code file}, readable by its owner alone. */
    public static void save(KeyPair pair, Path file) {
        String text = Pem.encode("PRIVATE KEY", pair.getPrivate().getEncoded())
                + Pem.encode("PUBLIC KEY", pair.getPublic().getEncoded());
        PrivateFiles.replace(file, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** @throws IdentityException if the file is not there, open to others, or no such key pair */
    public static KeyPair load(Path file) {
        String text = new String(PrivateFiles.read(file), StandardCharsets.US_ASCII);
        try {
            PublicKey key =
                    KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(Pem.decode("PUBLIC KEY", text)));
            return new KeyPair(key, privateKey(Pem.decode("PRIVATE KEY", text)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IdentityException(
                    "Key file " + file + " does not hold a TLS key pair (" + e.getMessage()
                            + "). Remove it; another is made.",
                    e);
        }
    }

    /** A request for a certificate of {@code pair}'s public key, signed by its private key; DER. */
    public static byte[] request(KeyPair pair, Party party) {
        try {
            return new JcaPKCS10CertificationRequestBuilder(party.subject(), pair.getPublic())
                    .build(signer(pair.getPrivate()))
                    .getEncoded();
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The key that a request asks to have certified. Whatever else it asks for (a name, extensions) is not read.
     *
     * @throws IllegalArgumentException if it is none, not signed by that key, or the key is not on P-256
     */
    static PublicKey requested(byte[] request) {
        if (request.length > MAX_REQUEST_BYTES) {
            throw new IllegalArgumentException(
                    "the certificate request has " + request.length + " bytes, at most " + MAX_REQUEST_BYTES);
        }
        PublicKey key;
        boolean signed;
        try {
            JcaPKCS10CertificationRequest parsed =
                    new JcaPKCS10CertificationRequest(new PKCS10CertificationRequest(request));
            key = parsed.getPublicKey();
            signed = isOnP256(key) && parsed.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key));
        } catch (java.io.IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | RuntimeException e) { // Bouncy Castle's, of many kinds for what is no ASN.1
            throw new IllegalArgumentException("the certificate request cannot be read: " + e.getMessage(), e);
        }
        if (!isOnP256(key)) {
            throw new IllegalArgumentException("the certificate request is for a key that is not on P-256");
        }
        if (!signed) {
            throw new IllegalArgumentException(
                    "the certificate request is not signed by the key that it asks to have certified");
        }
        return key;
    }

    private static boolean isOnP256(PublicKey key) {
        return key instanceof ECPublicKey ec
                && ec.getParams().getCurve().getField().getFieldSize() == FIELD_BITS
                && ec.getParams()
                        .getOrder()
                        .equals(((ECPublicKey) generate().getPublic())
                                .getParams()
                                .getOrder());
    }

    static ContentSigner signer(PrivateKey key) {
        try {
            return new JcaContentSignerBuilder(SIGNATURE).build(key);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("this Java runtime cannot sign by " + SIGNATURE, e);
        }
    }

    static PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }
}
