package dev.tributary.agent.enrol;

import dev.tributary.privacy.pki.Certificates;
import dev.tributary.privacy.pki.Party;
import dev.tributary.privacy.pki.TlsKeys;
import dev.tributary.protocol.Message;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for a new certificate when two thirds of the old one's life are over, and takes it into use when it comes. New
 * connections show the new one; those that stand go on. Safe for use by two threads.
 */
public final class CertificateRenewal {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateRenewal.class);
    private static final Duration LONGEST_PATIENCE = Duration.ofMinutes(1);

    private final Membership membership;
    private final Clock clock;
    private Instant askAgain = Instant.MIN;

    public CertificateRenewal(Membership membership, Clock clock) {
        this.membership = membership;
        this.clock = clock;
    }

    /** The request to send now, if it is time. */
    public synchronized Optional<Message> due() {
        var identity = membership.identity();
        if (!Certificates.isDueForRenewal(identity.certificate(), clock)
                || clock.instant().isBefore(askAgain)) {
            return Optional.empty();
        }
        askAgain = clock.instant().plus(patience(identity.certificate()));
        Party self = identity.party();
        return Optional.of(new Message.CertificateRequest(TlsKeys.request(membership.nextKey(), self)));
    }

    /** A request or its answer may be lost; a certificate of short life leaves less time to find out. */
    private static Duration patience(X509Certificate certificate) {
        Duration life = Duration.between(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
        Duration share = life.dividedBy(20);
        return share.compareTo(LONGEST_PATIENCE) < 0 ? share : LONGEST_PATIENCE;
    }

    /** Takes the answer; one that does not fit the request changes nothing. */
    public synchronized void accept(Message.CertificateIssued issued) {
        try {
            membership.renew(Certificates.read(issued.certificates()).get(0), clock);
            askAgain = Instant.MIN;
            LOG.info(
                    "new certificate until {}",
                    membership.identity().certificate().getNotAfter().toInstant());
        } catch (IllegalArgumentException e) {
            LOG.warn("the new certificate is not taken: {}", e.getMessage());
        }
    }
}
