package dev.tributary.coordinator.security;

import dev.tributary.protocol.blob.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tokens by which programs use REST: {@code trb_ID_SECRET}. The secret has 256 random bits and is told once; kept is its
 * SHA-256.
 */
public final class ApiTokens {

    /** What every token begins with. */
    static final String PREFIX = "trb_";

    private static final int MAX_DAYS = 366;
    private static final Pattern FORM = Pattern.compile("trb_([a-f0-9]{16})_([A-Za-z0-9_-]{43})");

    private final JdbcClient jdbc;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** A token as administrators see it. */
    public record Token(String id, String label, Role role, String createdBy, Instant expires) {}

    /** A new token; {@code token} is not told again. */
    public record Issued(String token, Token about) {}

    public ApiTokens(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Makes a token.
     *
     * @param label what it is for, 1 to 60 characters
     * @throws IllegalArgumentException if label or days will not do
     */
    public Issued issue(String label, Role role, int days, String createdBy) {
        if (label.isBlank() || label.length() > 60) {
            throw new IllegalArgumentException("label must say in 1 to 60 characters what the token is for");
        }
        if (days < 1 || days > MAX_DAYS) {
            throw new IllegalArgumentException("days must be 1 to " + MAX_DAYS + ", was " + days);
        }
        byte[] id = bytes(8);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(32));
        Instant expires = Instant.ofEpochMilli(clock.millis()).plus(Duration.ofDays(days));
        Token about = new Token(Sha256.hex(id), label, role, createdBy, expires);
        jdbc.sql("insert into api_tokens (id, secret_sha256, label, role, created_by, expires_millis)"
                        + " values (?, ?, ?, ?, ?, ?)")
                .params(about.id(), hash(secret), label, role.text(), createdBy, expires.toEpochMilli())
                .update();
        return new Issued(PREFIX + about.id() + "_" + secret, about);
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Those that are valid, oldest first. */
    public List<Token> all() {
        return jdbc.sql("select id, label, role, created_by, expires_millis from api_tokens where expires_millis > ?"
                        + " order by expires_millis, id")
                .param(clock.millis())
                .query((row, n) -> new Token(
                        row.getString(1),
                        row.getString(2),
                        Role.of(row.getString(3)),
                        row.getString(4),
                        Instant.ofEpochMilli(row.getLong(5))))
                .list();
    }

    /** Whether there was such a token. */
    public boolean revoke(String id) {
        return jdbc.sql("delete from api_tokens where id = ?").param(id).update() > 0;
    }

    /** The valid token that {@code text} is. */
    Optional<Token> check(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        byte[] offered = hash(parts.group(2)).getBytes(StandardCharsets.US_ASCII);
        boolean right = jdbc.sql("select secret_sha256 from api_tokens where id = ?")
                .param(parts.group(1))
                .query(String.class)
                .optional()
                .map(kept -> MessageDigest.isEqual(kept.getBytes(StandardCharsets.US_ASCII), offered))
                .orElse(false);
        return right
                ? all().stream()
                        .filter(token -> token.id().equals(parts.group(1)))
                        .findFirst()
                : Optional.empty();
    }

    private static String hash(String secret) {
        return Sha256.hex(Sha256.of(secret.getBytes(StandardCharsets.US_ASCII)));
    }
}
