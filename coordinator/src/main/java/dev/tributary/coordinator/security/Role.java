package dev.tributary.coordinator.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a person or a program may do; each role may do what the ones before it may. */
public enum Role {
    /** See everything. */
    VIEWER,
    /** Start jobs. */
    RESEARCHER,
    /** Stop, pause, resume and retry jobs. */
    OPERATOR,
    /** Give and take access. */
    ADMIN;

    /** As it stands in REST and in the database. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> find(String text) {
        return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
    }

    /** @throws IllegalArgumentException if there is no such role */
    static Role of(String text) {
        return find(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "role must be viewer, researcher, operator or admin, was '" + text + "'"));
    }
}
