package dev.tributary.agent.enrol;

import dev.tributary.privacy.identity.IdentityException;
import dev.tributary.privacy.identity.PrivateFiles;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.privacy.pki.Party;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.pki.TlsIdentity;
import dev.tributary.privacy.pki.TlsKeys;
import dev.tributary.privacy.seal.OpeningKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What an enrolled agent holds, in the directory {@code membership} of its data directory: TLS key and certificate, the
 * key that opens what is sealed to it, and the coordinator's certificate. None of its private keys was ever sent.
 */
public final class Membership {

    private static final String TLS = "tls";
    private static final String PLAIN = "plain";

    private final Path directory;

    private Membership(Path directory) {
        this.directory = directory;
    }

    /** Empty if the agent is not enrolled. */
    public static Optional<Membership> in(Path dataDirectory) {
        Membership membership = at(dataDirectory);
        return TlsIdentity.isIn(membership.tlsFile()) ? Optional.of(membership) : Optional.empty();
    }

    static Membership at(Path dataDirectory) {
        return new Membership(dataDirectory.resolve("membership"));
    }

    /** TLS key and certificate; replaced in one step when they are renewed. */
    public Path tlsFile() {
        return directory.resolve("tls.pem");
    }

    Path sealFile(String suite) {
        return directory.resolve("seal-" + suite + ".key");
    }

    private Path coordinatorFile() {
        return directory.resolve("coordinator.pem");
    }

    private Path brokerFile() {
        return directory.resolve("broker");
    }

    /** Whether the broker asks for the certificate; it does unless the coordinator said otherwise. */
    public boolean brokerTls() {
        return !PrivateFiles.exists(brokerFile())
                || !new String(PrivateFiles.read(brokerFile()), StandardCharsets.US_ASCII).equals(PLAIN);
    }

    private Path nextKeyFile() {
        return directory.resolve("next-tls.key");
    }

    public TlsIdentity identity() {
        return TlsIdentity.load(tlsFile());
    }

    /** Opens what is sealed to this agent. */
    public OpeningKey opening() {
        return OpeningKey.load(sealFile(
                PartyKeys.of(identity().certificate()).sealing().suite().text()));
    }

    /** The keys that the coordinator's certificate names. */
    public PartyKeys coordinator() {
        try {
            X509Certificate certificate =
                    Certificates.read(PrivateFiles.read(coordinatorFile())).get(0);
            return PartyKeys.of(certificate);
        } catch (IllegalArgumentException e) {
            throw new IdentityException(
                    "File " + coordinatorFile() + " does not hold the coordinator's certificate (" + e.getMessage()
                            + "). Enrol anew.",
                    e);
        }
    }

    /** The TLS key file last, since it is what makes the membership one. */
    void save(TlsIdentity identity, X509Certificate coordinator, boolean brokerTls) {
        PrivateFiles.replace(brokerFile(), (brokerTls ? TLS : PLAIN).getBytes(StandardCharsets.US_ASCII));
        PrivateFiles.replace(
                coordinatorFile(), Certificates.text(List.of(coordinator)).getBytes(StandardCharsets.US_ASCII));
        identity.save(tlsFile());
    }

    /** The key of the next certificate, made once and kept until it is certified. */
    KeyPair nextKey() {
        if (!Files.exists(nextKeyFile())) {
            TlsKeys.save(TlsKeys.generate(), nextKeyFile());
        }
        return TlsKeys.load(nextKeyFile());
    }

    /**
     * Takes a new certificate for {@link #nextKey} into use.
     *
     * @throws IllegalArgumentException if it is not this agent's, or from another authority
     */
    void renew(X509Certificate certificate, java.time.Clock clock) {
        TlsIdentity before = identity();
        Certificates.check(certificate, before.authority(), clock);
        if (!Party.of(certificate).equals(before.party())) {
            throw new IllegalArgumentException("the certificate is for " + Party.of(certificate));
        }
        TlsIdentity.of(nextKey(), certificate, before.authority()).save(tlsFile());
        try {
            Files.deleteIfExists(nextKeyFile());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException("cannot remove " + nextKeyFile(), e);
        }
    }
}
