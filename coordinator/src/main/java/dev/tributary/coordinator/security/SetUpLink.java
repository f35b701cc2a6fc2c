package dev.tributary.coordinator.security;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * The way to the first account. While there is none, the coordinator prints a link with 256 random bits at its start;
 * whoever opens it names the first administrator, once. Nothing of it is stored: the next start prints another.
 */
public final class SetUpLink {

    private final Accounts accounts;
    private final boolean on;
    private final String secret;

    SetUpLink(Accounts accounts, boolean on) {
        this.accounts = accounts;
        this.on = on;
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        this.secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @param page address of the page; empty if there are accounts, or nobody has to sign in */
    public Optional<URI> at(URI page) {
        return on && accounts.isEmpty() ? Optional.of(page.resolve("/setup?key=" + secret)) : Optional.empty();
    }

    boolean opens(String key) {
        return on
                && MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8))
                && accounts.isEmpty();
    }

    /**
     * Makes the first account; of several at once only one succeeds.
     *
     * @throws IllegalArgumentException if name or password will not do, or the link was used
     */
    synchronized Accounts.Account use(String key, String name, String password) {
        if (!opens(key)) {
            throw new IllegalArgumentException("this link was used, or is not the newest one that was printed");
        }
        return accounts.create(name, password, Role.ADMIN);
    }
}
