package dev.tributary.privacy.identity;

import dev.tributary.privacy.envelope.Signer;
import dev.tributary.privacy.envelope.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A party's own Ed25519 key pair (RFC 8032), kept in one PEM file: the private key as PKCS#8, then the public key.
 * The file is made at the first start, readable by its owner alone; a file that others can read is refused.
 */
public final class SigningIdentity implements Signer {

    private final byte[] secret;
    private final VerifyingKey publicKey;

    private SigningIdentity(PrivateKey privateKey, VerifyingKey publicKey) {
        this.secret = privateKey instanceof EdECPrivateKey key
                ? key.getBytes()
                        .orElseThrow(() -> new IllegalArgumentException("the private key does not tell its bits"))
                : new byte[0];
        if (secret.length != Ed25519.SECRET_KEY_SIZE) {
            throw new IllegalArgumentException("not an Ed25519 private key: " + privateKey.getAlgorithm());
        }
        this.publicKey = publicKey;
    }

    /** Reads the key pair in {@code file}, or makes one there if the file does not exist. */
    public static SigningIdentity loadOrCreate(Path file) {
        if (!PrivateFiles.exists(file)) {
            KeyPair pair = newPair();
            String text = Pem.encode("PRIVATE KEY", pair.getPrivate().getEncoded())
                    + Pem.encode("PUBLIC KEY", pair.getPublic().getEncoded());
            PrivateFiles.createExclusively(file, text.getBytes(StandardCharsets.US_ASCII));
        }
        return load(file);
    }

    /** A key pair that lives in memory only. */
    public static SigningIdentity ephemeral() {
        KeyPair pair = newPair();
        return new SigningIdentity(pair.getPrivate(), VerifyingKey.of(pair.getPublic()));
    }

    private static SigningIdentity load(Path file) {
        String text = new String(PrivateFiles.read(file), StandardCharsets.US_ASCII);
        try {
            KeyFactory keys = KeyFactory.getInstance("Ed25519");
            PrivateKey privateKey = keys.generatePrivate(new PKCS8EncodedKeySpec(Pem.decode("PRIVATE KEY", text)));
            VerifyingKey publicKey =
                    VerifyingKey.of(keys.generatePublic(new X509EncodedKeySpec(Pem.decode("PUBLIC KEY", text))));
            SigningIdentity identity = new SigningIdentity(privateKey, publicKey);
            byte[] probe = "key pair check".getBytes(StandardCharsets.US_ASCII);
            if (!publicKey.verifies(probe, identity.sign(probe))) {
                throw new IdentityException("Key file " + file + ": its private and public key do not belong together. "
                        + "Restore it from a backup, or remove it to start with a new identity.");
            }
            return identity;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IdentityException(
                    "Key file " + file + " does not hold an Ed25519 key pair in PEM form (" + e.getMessage()
                            + "). Restore it from a backup, or remove it to start with a new identity.",
                    e);
        }
    }

    private static KeyPair newPair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks Ed25519", e);
        }
    }

    public VerifyingKey publicKey() {
        return publicKey;
    }

    /** The raw public key in hex, as people compare it and configuration files pin it. */
    public String fingerprint() {
        return HexFormat.of().formatHex(publicKey.raw());
    }

    @Override
    public byte[] keyId() {
        return publicKey.raw();
    }

    @Override
    public byte[] sign(byte[] data) {
        byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
        Ed25519.sign(secret, 0, publicKey.raw(), 0, data, 0, data.length, signature, 0);
        return signature;
    }

    @Override
    public String toString() {
        return "SigningIdentity[" + fingerprint() + "]";
    }
}
