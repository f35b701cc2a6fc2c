package dev.tributary.coordinator.enrolment;

import dev.tributary.privacy.identity.PrivateFiles;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.pki.CertificateAuthority;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.pki.TlsIdentity;
import dev.tributary.privacy.pki.TlsKeys;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealSuite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * The federation's certificate authority and the coordinator's own certificate, which it renews itself.
 *
 * @param opening opens what agents seal to the coordinator
 * @param tlsFile the coordinator's TLS key and certificate, replaced at every renewal
 */
public record CoordinatorChannel(
        CertificateAuthority authority,
        SigningIdentity signing,
        OpeningKey opening,
        Path tlsFile,
        List<String> names,
        Duration life,
        Clock clock) {

    /**
     * Reads authority and keys, or makes them at the first start, and sees to a certificate that is fresh enough.
     *
     * @param shared authority and sealing key
     * @param own the certificate, which names this host
     * @param names under which broker, page and REST are reached
     */
    static CoordinatorChannel open(
            Path shared,
            Path own,
            String federation,
            SigningIdentity signing,
            SealSuite suite,
            Collection<String> names,
            Duration life,
            Clock clock) {
        CoordinatorChannel channel = new CoordinatorChannel(
                CertificateAuthority.loadOrCreate(shared.resolve("authority.pem"), federation, clock),
                signing,
                OpeningKey.loadOrCreate(shared.resolve("coordinator-seal-" + suite.text() + ".key"), suite),
                own.resolve("coordinator-tls.pem"),
                List.copyOf(names),
                life,
                clock);
        channel.renew();
        PrivateFiles.replace(
                own.resolve("authority-certificate.pem"),
                Certificates.text(List.of(channel.authority().certificate())).getBytes(StandardCharsets.US_ASCII));
        return channel;
    }

    /** A new key and certificate: at every start, since names may have changed, and before the old one expires. */
    void renew() {
        KeyPair pair = TlsKeys.generate();
        PartyKeys keys = new PartyKeys(signing.publicKey(), opening.publicKey());
        TlsIdentity.of(pair, authority.certifyCoordinator(pair.getPublic(), keys, names, life), authority.certificate())
                .save(tlsFile);
    }

    boolean isDueForRenewal() {
        return Certificates.isDueForRenewal(identity().certificate(), clock);
    }

    /** What the coordinator shows now. */
    public TlsIdentity identity() {
        return TlsIdentity.load(tlsFile);
    }
}
