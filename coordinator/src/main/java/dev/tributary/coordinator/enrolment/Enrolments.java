package dev.tributary.coordinator.enrolment;

import dev.tributary.coordinator.log.LeaderTransaction;
import dev.tributary.coordinator.security.AccessEvent;
import dev.tributary.coordinator.security.AccessLog;
import dev.tributary.plan.AgentId;
import dev.tributary.privacy.envelope.KeyRing;
import dev.tributary.privacy.pki.PartyKeys;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Enrolled agents: in the database, and in memory for the threads that check every message. */
final class Enrolments {

    private final JdbcClient jdbc;
    private final LeaderTransaction leader;
    private final AccessLog log;
    private final KeyRing firstUse;
    private final Clock clock;
    private final Map<AgentId, Member> members = new ConcurrentSkipListMap<>();

    /** @param firstUse keys of agents that came without being enrolled */
    Enrolments(JdbcClient jdbc, LeaderTransaction leader, AccessLog log, KeyRing firstUse, Clock clock) {
        this.jdbc = jdbc;
        this.leader = leader;
        this.log = log;
        this.firstUse = firstUse;
        this.clock = clock;
        jdbc.sql("select agent, signing_key, sealing_key, serial, enrolled_millis, expires_millis, revoked_millis"
                        + " from enrolments")
                .query((row, n) -> new Member(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        Instant.ofEpochMilli(row.getLong(5)),
                        Instant.ofEpochMilli(row.getLong(6)),
                        row.getLong(7) == 0 ? null : Instant.ofEpochMilli(row.getLong(7))))
                .list()
                .forEach(member -> members.put(new AgentId(member.agent()), member));
    }

    Collection<Member> all() {
        return List.copyOf(members.values());
    }

    Optional<Member> find(AgentId agent) {
        return Optional.ofNullable(members.get(agent));
    }

    /**
     * Makes the agent a member, or one again, uses its token up and records that, all or nothing.
     *
     * @param tokenId of the token that admits it
     * @param token uses it up; false if it was used before
     * @return whether the token was still good
     * @throws IllegalArgumentException if a member of that name has another signing key
     */
    synchronized boolean enrol(AgentId agent, X509Certificate certificate, String tokenId, BooleanSupplier token) {
        PartyKeys keys = PartyKeys.of(certificate);
        Member member = new Member(
                agent.value(),
                HexFormat.of().formatHex(keys.signing().raw()),
                HexFormat.of().formatHex(keys.sealing().encoded()),
                certificate.getSerialNumber().toString(16),
                Instant.ofEpochMilli(clock.millis()),
                certificate.getNotAfter().toInstant(),
                null);
        checkNotTaken(agent, member.signingKey());
        boolean enrolled = log.change(
                () -> {
                    if (!token.getAsBoolean()) {
                        return false;
                    }
                    store(agent, member);
                    return true;
                },
                done -> done
                        ? Optional.of(new AccessEvent.AgentEnrolled(
                                member.agent(), member.signingKey(), member.serial(), tokenId))
                        : Optional.empty());
        if (enrolled) {
            members.put(agent, member);
        }
        return enrolled;
    }

    private void store(AgentId agent, Member member) {
        jdbc.sql("delete from enrolments where agent = ?").param(agent.value()).update();
        jdbc.sql("insert into enrolments (agent, signing_key, sealing_key, serial, enrolled_millis, expires_millis,"
                        + " revoked_millis) values (?, ?, ?, ?, ?, ?, 0)")
                .params(
                        member.agent(),
                        member.signingKey(),
                        member.sealingKey(),
                        member.serial(),
                        member.enrolled().toEpochMilli(),
                        member.expires().toEpochMilli())
                .update();
    }

    /** @throws IllegalArgumentException if a member of that name has another signing key */
    void checkNotTaken(AgentId agent, String signingKey) {
        find(agent)
                .filter(Member::isActive)
                .filter(before -> !before.signingKey().equals(signingKey))
                .ifPresent(m -> {
                    throw new IllegalArgumentException("agent " + agent
                            + " is enrolled with another key; if it lost its data directory, revoke it first");
                });
        if (firstUse.find(agent.value(), HexFormat.of().parseHex(signingKey)).isEmpty()) {
            throw new IllegalArgumentException(
                    "agent " + agent + " came with another key before it was enrolled; if"
                            + " that is another machine now, remove its line in agent-keys.txt and start the coordinator again");
        }
    }

    /** Remembers a member's newer certificate. */
    synchronized void renewed(AgentId agent, X509Certificate certificate) {
        Member before = members.get(agent);
        if (before != null) {
            Member member = new Member(
                    before.agent(),
                    before.signingKey(),
                    before.sealingKey(),
                    certificate.getSerialNumber().toString(16),
                    before.enrolled(),
                    certificate.getNotAfter().toInstant(),
                    before.revoked());
            leader.run(() -> jdbc.sql("update enrolments set serial = ?, expires_millis = ? where agent = ?")
                    .params(member.serial(), member.expires().toEpochMilli(), member.agent())
                    .update());
            members.put(agent, member);
        }
    }

    /** Shuts a member out and records it. @return whether there was such a member */
    synchronized boolean revoke(AgentId agent, String by) {
        Member before = members.get(agent);
        if (before == null || !before.isActive()) {
            return false;
        }
        Instant now = Instant.ofEpochMilli(clock.millis());
        log.change(
                () -> jdbc.sql("update enrolments set revoked_millis = ? where agent = ?")
                        .params(now.toEpochMilli(), agent.value())
                        .update(),
                rows -> Optional.of(new AccessEvent.AgentRevoked(agent.value(), by)));
        members.put(
                agent,
                new Member(
                        before.agent(),
                        before.signingKey(),
                        before.sealingKey(),
                        before.serial(),
                        before.enrolled(),
                        before.expires(),
                        now));
        return true;
    }
}
