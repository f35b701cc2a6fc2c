package dev.tributary.privacy.identity;

import dev.tributary.privacy.envelope.KeyRing;
import dev.tributary.privacy.envelope.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Trust on first use: the first key that signs a valid message for a principal becomes that principal's only key. Keys
 * told beforehand ({@link #pin}) leave no first use open. Pins are kept in a text file, one {@code principal key} a line.
 *
 * <p>This guards a principal's name against everybody who comes later, not against whoever comes first.
 */
public final class PinnedKeys implements KeyRing {

    private final @Nullable Path file;
    private final Map<String, VerifyingKey> pins = new TreeMap<>();

    private PinnedKeys(@Nullable Path file) {
        this.file = file;
    }

    /** Pins kept in {@code file}, which is made when the first key is pinned. */
    public static PinnedKeys in(Path file) {
        PinnedKeys keys = new PinnedKeys(file);
        if (PrivateFiles.exists(file)) {
            keys.read(new String(PrivateFiles.read(file), StandardCharsets.UTF_8), file);
        }
        return keys;
    }

    /** Pins forgotten with the process. */
    public static PinnedKeys inMemory() {
        return new PinnedKeys(null);
    }

    @Override
    public synchronized Optional<VerifyingKey> find(String principal, byte[] keyId) {
        VerifyingKey pinned = pins.get(principal);
        if (pinned != null) {
            return Arrays.equals(pinned.raw(), keyId) ? Optional.of(pinned) : Optional.empty();
        }
        try {
            return Optional.of(VerifyingKey.ofRaw(keyId));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public synchronized Optional<VerifyingKey> known(String principal) {
        return Optional.ofNullable(pins.get(principal));
    }

    @Override
    public synchronized boolean confirm(String principal, byte[] keyId) {
        Optional<VerifyingKey> key = find(principal, keyId);
        if (key.isEmpty()) {
            return false;
        }
        if (pins.putIfAbsent(principal, key.get()) == null) {
            write();
        }
        return true;
    }

    /**
     * Pins a key told beforehand, 64 hex digits as {@link SigningIdentity#fingerprint()} prints it.
     *
     * @throws IdentityException if another key is pinned for that principal
     */
    public synchronized void pin(String principal, String fingerprint) {
        VerifyingKey key;
        try {
            key = VerifyingKey.ofRaw(HexFormat.of().parseHex(fingerprint));
        } catch (IllegalArgumentException e) {
            throw new IdentityException(
                    "Key of " + principal + " must be 64 hex digits (an Ed25519 public key), was '" + fingerprint + "'",
                    e);
        }
        VerifyingKey pinned = pins.putIfAbsent(principal, key);
        if (pinned != null && !pinned.equals(key)) {
            throw new IdentityException("Another key is pinned for " + principal + " ("
                    + HexFormat.of().formatHex(pinned.raw()) + (file == null ? ")" : ", in " + file + ")")
                    + ". If the change is wanted, unpin it first.");
        }
        if (pinned == null) {
            write();
        }
    }

    /** Forgets a principal's key, so that its next valid message pins a new one. */
    public synchronized void unpin(String principal) {
        if (pins.remove(principal) != null) {
            write();
        }
    }

    private void read(String text, Path from) {
        int line = 0;
        for (String entry : text.lines().toList()) {
            line++;
            if (entry.isBlank() || entry.startsWith("#")) {
                continue;
            }
            String[] parts = entry.strip().split("\\s+");
            try {
                if (parts.length != 2) {
                    throw new IllegalArgumentException("expected: principal key");
                }
                pins.put(parts[0], VerifyingKey.ofRaw(HexFormat.of().parseHex(parts[1])));
            } catch (IllegalArgumentException e) {
                throw new IdentityException("Pinned keys " + from + ", line " + line + ": " + e.getMessage(), e);
            }
        }
    }

    private void write() {
        if (file == null) {
            return;
        }
        StringBuilder text = new StringBuilder("# principal and its Ed25519 public key\n");
        pins.forEach((principal, key) -> text.append(principal)
                .append(' ')
                .append(HexFormat.of().formatHex(key.raw()))
                .append('\n'));
        PrivateFiles.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
