package dev.tributary.privacy.envelope;

import java.util.Optional;

/**
 * Says which keys may sign for whom. How it knows (first use, a directory of enrolled agents, fingerprints exchanged
 * out of band) is its own business; the transport does not change with it. Safe for use by many threads.
 */
public interface KeyRing {

    /** The key that {@code keyId} names, if it may sign for {@code principal}, or may become its key at first use. */
    Optional<VerifyingKey> find(String principal, byte[] keyId);

    /** The key that signs for {@code principal}, if it is known before a message of it has come. */
    Optional<VerifyingKey> known(String principal);

    /**
     * Called after a signature by that key proved valid, before the message is believed.
     *
     * @return whether the key signs for the principal; a ring that trusts on first use pins it here
     */
    boolean confirm(String principal, byte[] keyId);
}
