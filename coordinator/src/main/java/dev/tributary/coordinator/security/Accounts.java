package dev.tributary.coordinator.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * People's accounts. Passwords are kept as Argon2id (19 MiB, two passes). From the fifth wrong password on, an account
 * is locked for a minute, then for twice as long with each further one, up to an hour.
 */
public final class Accounts {

    static final int SHORTEST_PASSWORD = 12;
    static final int FREE_FAILURES = 5;

    private static final int LONGEST_PASSWORD = 200;
    private static final Duration LONGEST_LOCK = Duration.ofHours(1);
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,59}");

    private final JdbcClient jdbc;
    private final Clock clock;
    private final PasswordEncoder passwords = new Argon2PasswordEncoder(16, 32, 1, 19_456, 2);
    private final String nobody = String.valueOf(passwords.encode("nobody has this password"));

    /** An account as administrators see it. */
    public record Account(String name, Role role, Instant created) {}

    private record Stored(String password, Role role, int failures, long lockedUntil) {}

    /** What became of an attempt to sign in. */
    enum Outcome {
        RIGHT,
        WRONG,
        /** Wrong, and from now on locked. */
        LOCKED_NOW,
        LOCKED
    }

    record Attempt(Outcome outcome, Role role) {}

    public Accounts(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public boolean isEmpty() {
        return jdbc.sql("select count(*) from accounts").query(Long.class).single() == 0;
    }

    public List<Account> all() {
        return jdbc.sql("select name, role, created_millis from accounts order by name")
                .query((row, n) ->
                        new Account(row.getString(1), Role.of(row.getString(2)), Instant.ofEpochMilli(row.getLong(3))))
                .list();
    }

    /** @throws IllegalArgumentException if name or password will not do, or the name is taken */
    public Account create(String name, String password, Role role) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name must be 1 to 60 of a-z, 0-9, '.', '_', '@' and '-', was '" + name + "'");
        }
        if (password.length() < SHORTEST_PASSWORD || password.length() > LONGEST_PASSWORD) {
            throw new IllegalArgumentException(
                    "password must have " + SHORTEST_PASSWORD + " to " + LONGEST_PASSWORD + " characters");
        }
        Instant now = Instant.ofEpochMilli(clock.millis());
        try {
            jdbc.sql("insert into accounts (name, password, role, failures, locked_until, created_millis)"
                            + " values (?, ?, ?, 0, 0, ?)")
                    .params(name, passwords.encode(password), role.text(), now.toEpochMilli())
                    .update();
        } catch (DuplicateKeyException e) {
            throw new IllegalArgumentException("there is an account '" + name + "' already", e);
        }
        return new Account(name, role, now);
    }

    /** Whether there was such an account. */
    public boolean delete(String name) {
        return jdbc.sql("delete from accounts where name = ?").param(name).update() > 0;
    }

    /** Takes as long for a name that does not exist as for one that does. */
    Attempt attempt(String name, String password) {
        Optional<Stored> found = jdbc.sql("select password, role, failures, locked_until from accounts where name = ?")
                .param(name)
                .query((row, n) ->
                        new Stored(row.getString(1), Role.of(row.getString(2)), row.getInt(3), row.getLong(4)))
                .optional();
        boolean right = password.length() <= LONGEST_PASSWORD
                && passwords.matches(password, found.map(Stored::password).orElse(nobody));
        if (found.isEmpty()) {
            return new Attempt(Outcome.WRONG, Role.VIEWER);
        }
        Stored account = found.get();
        if (account.lockedUntil() > clock.millis()) {
            return new Attempt(Outcome.LOCKED, account.role());
        }
        if (!right) {
            return new Attempt(failed(name, account.failures() + 1), account.role());
        }
        if (account.failures() > 0) {
            jdbc.sql("update accounts set failures = 0, locked_until = 0 where name = ?")
                    .param(name)
                    .update();
        }
        return new Attempt(Outcome.RIGHT, account.role());
    }

    private Outcome failed(String name, int failures) {
        boolean lock = failures >= FREE_FAILURES;
        long until = lock ? clock.millis() + lock(failures).toMillis() : 0;
        jdbc.sql("update accounts set failures = failures + 1, locked_until = ? where name = ?")
                .params(until, name)
                .update();
        return lock ? Outcome.LOCKED_NOW : Outcome.WRONG;
    }

    private static Duration lock(int failures) {
        Duration lock = Duration.ofMinutes(1L << Math.min(10, failures - FREE_FAILURES));
        return lock.compareTo(LONGEST_LOCK) < 0 ? lock : LONGEST_LOCK;
    }
}
