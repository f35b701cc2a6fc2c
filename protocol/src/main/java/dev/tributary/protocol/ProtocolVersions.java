package dev.tributary.protocol;

import java.util.OptionalInt;

/**
 * Versions of the protocol that a side speaks, from {@code least} to {@code newest}. Two sides use the newest that both
 * speak.
 */
public record ProtocolVersions(int least, int newest) {

    /** What this software speaks. */
    public static final ProtocolVersions OWN = new ProtocolVersions(1, 1);

    public ProtocolVersions {
        if (least < 1 || newest < least) {
            throw new IllegalArgumentException(
                    "protocol versions must go from 1 or more upwards, were " + least + " to " + newest);
        }
    }

    /** The newest that both speak. */
    public OptionalInt common(ProtocolVersions other) {
        int version = Math.min(newest, other.newest);
        return version >= Math.max(least, other.least) ? OptionalInt.of(version) : OptionalInt.empty();
    }

    @Override
    public String toString() {
        return least == newest ? Integer.toString(least) : least + " to " + newest;
    }
}
