package dev.tributary.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.coordinator.round.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsTest {

    private static final String PASSWORD = "correct horse battery";

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Clock clock = new Settable();

    private final class Settable extends Clock {
        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private static void fail(Accounts accounts, int times) {
        for (int i = 0; i < times; i++) {
            accounts.attempt("ada", "wrong");
        }
    }

    @Test
    void aLockOpensByItselfAndLastsTwiceAsLongTheNextTime() {
        try (Database database = new Database(directory)) {
            Accounts accounts = new Accounts(database.jdbc(), clock);
            accounts.create("ada", PASSWORD, Role.VIEWER);
            fail(accounts, Accounts.FREE_FAILURES);
            assertThat(accounts.attempt("ada", PASSWORD).outcome()).isEqualTo(Accounts.Outcome.LOCKED);
            now = now.plus(Duration.ofSeconds(61));
            fail(accounts, 1);
            now = now.plus(Duration.ofSeconds(61));
            assertThat(accounts.attempt("ada", PASSWORD).outcome()).isEqualTo(Accounts.Outcome.LOCKED);
            now = now.plus(Duration.ofSeconds(60));
            assertThat(accounts.attempt("ada", PASSWORD).outcome()).isEqualTo(Accounts.Outcome.RIGHT);
            fail(accounts, Accounts.FREE_FAILURES - 1);
            assertThat(accounts.attempt("ada", PASSWORD).outcome())
                    .as("a right password forgives")
                    .isEqualTo(Accounts.Outcome.RIGHT);
        }
    }

    @Test
    void passwordsAreKeptAsArgon2id() {
        try (Database database = new Database(directory)) {
            new Accounts(database.jdbc(), clock).create("ada", PASSWORD, Role.VIEWER);
            String kept = database.jdbc()
                    .sql("select password from accounts")
                    .query(String.class)
                    .single();
            assertThat(kept).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").doesNotContain(PASSWORD);
        }
    }

    @Test
    void shortPasswordsAndTakenNamesAreRefused() {
        try (Database database = new Database(directory)) {
            Accounts accounts = new Accounts(database.jdbc(), clock);
            assertThatThrownBy(() -> accounts.create("ada", "short", Role.VIEWER))
                    .hasMessageContaining("12 to 200 characters");
            assertThatThrownBy(() -> accounts.create("A da", PASSWORD, Role.VIEWER))
                    .hasMessageContaining("name must be");
            accounts.create("ada", PASSWORD, Role.VIEWER);
            assertThatThrownBy(() -> accounts.create("ada", PASSWORD, Role.ADMIN))
                    .hasMessageContaining("already");
        }
    }

    @Test
    void signInIsOnUnlessOnlyThisMachineCanReachThePage() {
        SecuritySettings unset = new SecuritySettings(null, 10, new SecuritySettings.Oidc("", "tributary", "roles"));
        assertThat(unset.isOn("127.0.0.1")).isFalse();
        assertThat(unset.isOn("localhost")).isFalse();
        assertThat(unset.isOn("0.0.0.0")).isTrue();
        assertThat(unset.isOn("10.1.2.3")).isTrue();
        assertThat(new SecuritySettings(true, 10, unset.oidc()).isOn("127.0.0.1"))
                .isTrue();
    }

    @Test
    void theLimitHoldsPerKeyAndMinute() {
        RateLimiter limiter = new RateLimiter(2, clock);
        assertThat(limiter.count("a")).isTrue();
        assertThat(limiter.count("a")).isTrue();
        assertThat(limiter.count("a")).isFalse();
        assertThat(limiter.isExhausted("a")).isTrue();
        assertThat(limiter.count("b")).isTrue();
        now = now.plus(Duration.ofMinutes(1));
        assertThat(limiter.count("a")).isTrue();
    }
}
