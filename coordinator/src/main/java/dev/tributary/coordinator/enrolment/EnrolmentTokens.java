package dev.tributary.coordinator.enrolment;

import dev.tributary.plan.AgentId;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.protocol.blob.Sha256;
import dev.tributary.protocol.enrol.EnrolmentToken;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One-time tokens. Kept is a hash of the secret, which is told once and never sent by the agent. */
final class EnrolmentTokens {

    private static final int MAX_HOURS = 24 * 7;

    private final JdbcClient jdbc;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    EnrolmentTokens(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Makes a token for one agent.
     *
     * @throws IllegalArgumentException if the time will not do
     */
    EnrolmentToken issue(AgentId agent, int hours, String createdBy, String authority, SealSuite suite) {
        if (hours < 1 || hours > MAX_HOURS) {
            throw new IllegalArgumentException("hours must be 1 to " + MAX_HOURS + ", was " + hours);
        }
        byte[] id = new byte[8];
        byte[] secret = new byte[32];
        random.nextBytes(id);
        random.nextBytes(secret);
        EnrolmentToken token = new EnrolmentToken(Sha256.hex(id), EnrolmentToken.secret(secret), authority, suite);
        jdbc.sql("insert into enrolment_tokens (id, proof_key, agent, created_by, expires_millis, used_millis)"
                        + " values (?, ?, ?, ?, ?, 0)")
                .params(
                        token.id(),
                        token.proofKey(),
                        agent.value(),
                        createdBy,
                        clock.instant().plus(Duration.ofHours(hours)).toEpochMilli())
                .update();
        return token;
    }

    List<OpenToken> open() {
        return jdbc.sql("select id, agent, created_by, expires_millis from enrolment_tokens"
                        + " where used_millis = 0 and expires_millis > ? order by expires_millis, id")
                .param(clock.millis())
                .query((row, n) -> new OpenToken(
                        row.getString(1), row.getString(2), row.getString(3), Instant.ofEpochMilli(row.getLong(4))))
                .list();
    }

    /** Proof key of a token that can still be redeemed. */
    Optional<String> proofKey(String id) {
        return jdbc.sql(
                        "select proof_key from enrolment_tokens where id = ? and used_millis = 0 and expires_millis > ?")
                .params(id, clock.millis())
                .query(String.class)
                .optional();
    }

    /** Uses the token up; of several at once one succeeds. Tells whom it admits. */
    Optional<AgentId> redeem(String id) {
        int used = jdbc.sql("update enrolment_tokens set used_millis = ?"
                        + " where id = ? and used_millis = 0 and expires_millis > ?")
                .params(clock.millis(), id, clock.millis())
                .update();
        return used == 0
                ? Optional.empty()
                : jdbc.sql("select agent from enrolment_tokens where id = ?")
                        .param(id)
                        .query(String.class)
                        .optional()
                        .map(AgentId::new);
    }
}
