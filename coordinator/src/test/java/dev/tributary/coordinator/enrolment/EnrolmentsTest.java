package dev.tributary.coordinator.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.coordinator.log.ConflictException;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LeaderTransaction;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.round.Database;
import dev.tributary.coordinator.security.AccessEvent;
import dev.tributary.coordinator.security.AccessLog;
import dev.tributary.plan.AgentId;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.pki.CertificateAuthority;
import dev.tributary.privacy.pki.Party;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.pki.TlsKeys;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.protocol.enrol.EnrolmentToken;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members and tokens in the database, and the log entries that go with them. */
class EnrolmentsTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    private static final AgentId SITE = new AgentId("site-a");

    @TempDir
    Path directory;

    private Database database;
    private EventStore store;
    private Enrolments enrolments;

    @BeforeEach
    void open() {
        database = new Database(directory);
        enrolments = enrolments();
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** As a coordinator that takes the leadership over reads them. */
    private Enrolments enrolments() {
        LeaderTransaction leader = database.leader();
        store = database.store(leader);
        return new Enrolments(
                database.jdbc(),
                leader,
                new AccessLog(store, new LogFeed(), leader, CLOCK),
                PinnedKeys.inMemory(),
                CLOCK);
    }

    private X509Certificate certificate(AgentId agent) {
        PartyKeys keys = new PartyKeys(
                SigningIdentity.ephemeral().publicKey(),
                OpeningKey.generate(SealSuite.X25519).publicKey());
        return CertificateAuthority.loadOrCreate(directory.resolve("ca.pem"), "clinics", CLOCK)
                .certifyAgent(
                        agent.value(),
                        TlsKeys.request(TlsKeys.generate(), Party.agent(agent.value(), "clinics")),
                        keys,
                        Duration.ofDays(7));
    }

    @Test
    void whatHappensToAMemberStandsInTheLogOrDidNotHappen() {
        X509Certificate certificate = certificate(SITE);
        assertThat(enrolments.enrol(SITE, certificate, "token", () -> false)).isFalse();
        assertThat(store.read(AccessEvent.STREAM, 0, 10)).isEmpty();
        assertThat(enrolments.enrol(SITE, certificate, "token", () -> true)).isTrue();
        assertThat(enrolments.revoke(SITE, "ada")).isTrue();
        assertThat(enrolments.revoke(SITE, "ada")).isFalse();
        assertThat(store.read(AccessEvent.STREAM, 0, 10))
                .extracting(event -> event.type())
                .containsExactly("agent-enrolled", "agent-revoked");
        assertThat(enrolments().find(SITE).orElseThrow().isActive())
                .as("after a restart")
                .isFalse();
    }

    @Test
    void aCoordinatorThatLeadsNoMoreAdmitsRenewsAndRevokesNobody() {
        assertThat(enrolments.enrol(SITE, certificate(SITE), "token", () -> true))
                .isTrue();
        Member before = enrolments.find(SITE).orElseThrow();
        Enrolments newer = enrolments();

        AgentId other = new AgentId("site-b");
        assertThatThrownBy(() -> enrolments.enrol(other, certificate(other), "token", () -> true))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> enrolments.renewed(SITE, certificate(SITE))).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> enrolments.revoke(SITE, "ada")).isInstanceOf(ConflictException.class);
        assertThat(enrolments.all()).containsExactly(before);

        assertThat(newer.revoke(SITE, "ada")).isTrue();
        assertThat(enrolments().all()).hasSize(1).noneMatch(Member::isActive);
    }

    @Test
    void aTokenIsGoodUntilItExpires() {
        EnrolmentToken token =
                new EnrolmentTokens(database.jdbc(), CLOCK).issue(SITE, 24, "ada", "0".repeat(64), SealSuite.X25519);
        EnrolmentTokens before = new EnrolmentTokens(database.jdbc(), Clock.offset(CLOCK, Duration.ofHours(23)));
        assertThat(before.proofKey(token.id())).contains(token.proofKey());
        EnrolmentTokens after = new EnrolmentTokens(database.jdbc(), Clock.offset(CLOCK, Duration.ofHours(24)));
        assertThat(after.proofKey(token.id())).isEmpty();
        assertThat(after.open()).isEmpty();
        assertThat(after.redeem(token.id())).isEmpty();
        assertThat(before.redeem(token.id())).contains(SITE);
        assertThat(before.redeem(token.id())).as("a second time").isEmpty();
    }
}
