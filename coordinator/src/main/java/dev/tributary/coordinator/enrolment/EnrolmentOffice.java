package dev.tributary.coordinator.enrolment;

import dev.tributary.coordinator.config.BrokerAddress;
import dev.tributary.coordinator.federation.Admission;
import dev.tributary.coordinator.security.AccessEvent;
import dev.tributary.coordinator.security.AccessLog;
import dev.tributary.plan.AgentId;
import dev.tributary.privacy.envelope.KeyRing;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.privacy.pki.Party;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.ProtocolVersions;
import dev.tributary.protocol.blob.Sha256;
import dev.tributary.protocol.enrol.EnrolmentChallenge;
import dev.tributary.protocol.enrol.EnrolmentGrant;
import dev.tributary.protocol.enrol.EnrolmentRequest;
import dev.tributary.protocol.enrol.EnrolmentStart;
import dev.tributary.protocol.enrol.EnrolmentToken;
import dev.tributary.protocol.seal.MessageSealing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Admits agents by one-time tokens, certifies their keys, and shuts revoked ones out. Safe for use by many threads. */
public final class EnrolmentOffice implements Admission {

    private static final Logger LOG = LoggerFactory.getLogger(EnrolmentOffice.class);

    private final String federation;
    private final boolean required;
    private final SealSuite suite;
    private final Supplier<CoordinatorChannel> channel;
    private final Supplier<BrokerAddress> broker;
    private final Supplier<ChannelKeeper> keeper;
    private final EnrolmentTokens tokens;
    private final Enrolments enrolments;
    private final KeyRing keys;
    private final AccessLog log;
    private final byte[] challengeSecret = new byte[32];

    /**
     * @param channel asked for at the first use
     * @param firstUse keys of agents that need not be enrolled
     */
    EnrolmentOffice(
            String federation,
            boolean required,
            SealSuite suite,
            Supplier<CoordinatorChannel> channel,
            Supplier<BrokerAddress> broker,
            Supplier<ChannelKeeper> keeper,
            EnrolmentTokens tokens,
            Enrolments enrolments,
            KeyRing firstUse,
            AccessLog log) {
        this.federation = federation;
        this.required = required;
        this.suite = suite;
        this.channel = channel;
        this.broker = broker;
        this.keeper = keeper;
        this.tokens = tokens;
        this.enrolments = enrolments;
        this.keys = new MemberKeys(enrolments, firstUse, required);
        this.log = log;
        new SecureRandom().nextBytes(challengeSecret);
    }

    /** Whether agents that are not enrolled are refused. */
    public boolean isRequired() {
        return required;
    }

    /** Which keys agents sign by. */
    public KeyRing keys() {
        return keys;
    }

    /** Messages to and from enrolled agents are sealed. */
    public MessageSealing sealing() {
        return new MessageSealing(() -> channel.get().opening(), party -> {
            try {
                return enrolments
                        .find(new AgentId(party))
                        .map(member -> member.keys().sealing());
            } catch (IllegalArgumentException e) {
                return Optional.empty(); // no agent's name
            }
        });
    }

    /** Makes a one-time token for an agent. @throws IllegalArgumentException if the time will not do */
    public EnrolmentToken issue(AgentId agent, int hours, String by) {
        String authority = channel.get().authority().fingerprint();
        return log.change(
                () -> tokens.issue(agent, hours, by, authority, suite),
                token -> Optional.of(new AccessEvent.EnrolmentTokenIssued(token.id(), agent.value(), by)));
    }

    List<OpenToken> openTokens() {
        return tokens.open();
    }

    /** Members and open tokens, as administrators see them. */
    public EnrolmentView view() {
        return new EnrolmentView(required, List.copyOf(enrolments.all()), tokens.open());
    }

    /** First step: a challenge that only the owner of the key can answer. @throws IllegalArgumentException if refused */
    byte[] challenge(byte[] request) {
        EnrolmentStart start = EnrolmentStart.read(request);
        if (ProtocolVersions.OWN.common(start.versions()).isEmpty()) {
            throw new IllegalArgumentException("this coordinator speaks protocol " + ProtocolVersions.OWN
                    + ", the agent " + start.versions() + "; install releases that speak the same on both sides");
        }
        if (start.key().suite() != suite) {
            throw new IllegalArgumentException("this federation seals by " + suite.text()
                    + ", the agent came with a key for " + start.key().suite().text());
        }
        byte[] nonce = new byte[32];
        new SecureRandom().nextBytes(nonce);
        return EnrolmentChallenge.of(
                        start.key(),
                        nonce,
                        answer(start.tokenId(), nonce, start.key().encoded()))
                .bytes();
    }

    private byte[] answer(String tokenId, byte[] nonce, byte[] key) {
        MessageDigest digest = Sha256.digest();
        digest.update(challengeSecret);
        digest.update(nonce);
        digest.update(Sha256.of(key));
        return digest.digest(tokenId.getBytes(StandardCharsets.UTF_8));
    }

    /** Second step: checks every proof, uses the token up, certifies. @throws IllegalArgumentException if refused */
    byte[] enrol(byte[] bytes) {
        EnrolmentRequest request = EnrolmentRequest.open(bytes, tokens::proofKey);
        String proofKey = tokens.proofKey(request.tokenId()).orElseThrow(EnrolmentOffice::used);
        byte[] expected =
                answer(request.tokenId(), request.nonce(), request.sealing().encoded());
        if (!MessageDigest.isEqual(expected, request.answer())
                || request.sealing().suite() != suite) {
            throw new IllegalArgumentException("the agent did not show that it has the sealing key it came with");
        }
        String signingKey = HexFormat.of().formatHex(request.signing().raw());
        CoordinatorChannel own = channel.get();
        AgentId agent = agentOf(request.tokenId());
        enrolments.checkNotTaken(agent, signingKey);
        X509Certificate certificate = own.authority()
                .certifyAgent(
                        agent.value(),
                        request.pkcs10(),
                        new PartyKeys(request.signing(), request.sealing()),
                        own.life());
        keeper.get().admit(agent); // before the token is used up: the broker may be away
        if (!enrolments.enrol(
                agent,
                certificate,
                request.tokenId(),
                () -> tokens.redeem(request.tokenId()).isPresent())) {
            throw used();
        }
        LOG.info(
                "agent {} is enrolled until {}",
                agent,
                certificate.getNotAfter().toInstant());
        return new EnrolmentGrant(
                        agent.value(),
                        federation,
                        broker.get().bootstrapServers(),
                        broker.get().tls(),
                        certificate,
                        own.authority().certificate(),
                        own.identity().certificate())
                .sealed(proofKey);
    }

    private AgentId agentOf(String tokenId) {
        return tokens.open().stream()
                .filter(token -> token.id().equals(tokenId))
                .map(token -> new AgentId(token.agent()))
                .findFirst()
                .orElseThrow(EnrolmentOffice::used);
    }

    private static IllegalArgumentException used() {
        return new IllegalArgumentException("the token is not valid: it was used, or has expired");
    }

    /** Shuts a member out at once. @throws NoSuchElementException if there is no such member */
    public void revoke(AgentId agent, String by) {
        if (!enrolments.revoke(agent, by)) {
            throw new NoSuchElementException("there is no enrolled agent '" + agent + "'");
        }
        keeper.get().shut(agent);
        LOG.info("agent {} was revoked by {}", agent, by);
    }

    /** Whether this is a certificate of the machine that is enrolled under its name now. */
    public boolean isMember(X509Certificate certificate) {
        return enrolments
                .find(new AgentId(Party.of(certificate).name()))
                .filter(Member::isActive)
                .filter(member -> member.signingKey().equals(PartyKeys.signingKey(certificate)))
                .isPresent();
    }

    @Override
    public boolean admits(AgentId agent) {
        return enrolments.find(agent).map(Member::isActive).orElse(!required);
    }

    @Override
    public Optional<String> key(AgentId agent) {
        return keys.known(agent.value()).map(key -> HexFormat.of().formatHex(key.raw()));
    }

    @Override
    public Optional<Message> renew(AgentId agent, Message.CertificateRequest request) {
        Optional<Member> member = enrolments.find(agent).filter(Member::isActive);
        if (member.isEmpty()) {
            LOG.warn("agent {} asks for a certificate and is not enrolled", agent);
            return Optional.empty();
        }
        try {
            CoordinatorChannel own = channel.get();
            X509Certificate certificate = own.authority()
                    .certifyAgent(agent.value(), request.pkcs10(), member.get().keys(), own.life());
            enrolments.renewed(agent, certificate);
            LOG.info(
                    "agent {} has a new certificate until {}",
                    agent,
                    certificate.getNotAfter().toInstant());
            return Optional.of(new Message.CertificateIssued(
                    Certificates.text(List.of(certificate, own.authority().certificate()))
                            .getBytes(StandardCharsets.US_ASCII)));
        } catch (IllegalArgumentException e) {
            LOG.warn("the certificate request of {} is refused: {}", agent, e.getMessage());
            return Optional.empty();
        }
    }
}
