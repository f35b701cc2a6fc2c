package dev.tributary.privacy.seal;

import dev.tributary.privacy.identity.IdentityException;
import dev.tributary.privacy.identity.PrivateFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;

/** A party's own key pair, by which it opens what others sealed to it. Never leaves its owner's machine. */
public final class OpeningKey {

    private final AsymmetricCipherKeyPair pair;
    private final SealingKey publicKey;

    private OpeningKey(AsymmetricCipherKeyPair pair, SealingKey publicKey) {
        this.pair = pair;
        this.publicKey = publicKey;
    }

    public static OpeningKey generate(SealSuite suite) {
        HPKE hpke = suite.hpke();
        AsymmetricCipherKeyPair pair = hpke.generatePrivateKey();
        return new OpeningKey(pair, SealingKey.of(suite, hpke.serializePublicKey(pair.getPublic())));
    }

    static OpeningKey of(SealSuite suite, byte[] secret, byte[] raw) {
        return new OpeningKey(suite.hpke().deserializePrivateKey(secret, raw), SealingKey.of(suite, raw));
    }

    /** Reads the key pair in {@code file}, or makes one of {@code suite} there if the file does not exist. */
    public static OpeningKey loadOrCreate(Path file, SealSuite suite) {
        if (!PrivateFiles.exists(file)) {
            PrivateFiles.createExclusively(file, generate(suite).text().getBytes(StandardCharsets.US_ASCII));
        }
        return load(file);
    }

    /** @throws IdentityException if the file is not there, open to others, or no such key */
    public static OpeningKey load(Path file) {
        String[] parts = new String(PrivateFiles.read(file), StandardCharsets.US_ASCII)
                .strip()
                .split("\\s+");
        try {
            if (parts.length != 3) {
                throw new IllegalArgumentException("expected: suite, secret, public key");
            }
            HexFormat hex = HexFormat.of();
            OpeningKey key =
                    of(SealSuite.of(Integer.parseInt(parts[0])), hex.parseHex(parts[1]), hex.parseHex(parts[2]));
            byte[] probe = {1};
            if (!java.util.Arrays.equals(
                    probe, key.open(Seal.seal(key.publicKey(), probe, probe, probe), probe, probe))) {
                throw new IllegalArgumentException("its halves do not belong together");
            }
            return key;
        } catch (RuntimeException e) {
            throw new IdentityException(
                    "Key file " + file + " does not hold a sealing key (" + e.getMessage()
                            + "). Restore it from a backup, or enrol anew.",
                    e);
        }
    }

    /** Writes the key pair to {@code file}, readable by its owner alone. */
    public void save(Path file) {
        PrivateFiles.replace(file, text().getBytes(StandardCharsets.US_ASCII));
    }

    private String text() {
        HexFormat hex = HexFormat.of();
        return publicKey.suite().id() + " "
                + hex.formatHex(publicKey.suite().hpke().serializePrivateKey(pair.getPrivate())) + " "
                + hex.formatHex(publicKey.raw()) + "\n";
    }

    public SealingKey publicKey() {
        return publicKey;
    }

    /**
     * Opens what was sealed to {@link #publicKey()} with the same {@code info} and {@code bound}.
     *
     * @throws UnopenableException if it was not, or was changed
     */
    public byte[] open(Seal seal, byte[] info, byte[] bound) {
        if (seal.suite() != publicKey.suite()) {
            throw new UnopenableException("sealed by suite " + seal.suite().text() + ", this side takes only "
                    + publicKey.suite().text());
        }
        try {
            return Seal.open(
                    publicKey.suite().hpke().setupBaseR(seal.encapsulated(), pair, info), bound, seal.sealed());
        } catch (UnopenableException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new UnopenableException("not sealed to this side's key", e);
        }
    }

    @Override
    public String toString() {
        return "OpeningKey[" + publicKey + "]";
    }
}
