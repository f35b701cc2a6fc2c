package dev.tributary.protocol;

/**
 * Where the coordinator's log stood, told with round results so that agents can bear witness: a log that was written anew
 * afterwards has another hash at this checkpoint, or none.
 *
 * @param checkpoint number of a signed checkpoint, from 1
 * @param hash of it, SHA-256, 64 hex digits
 */
public record LogHead(long checkpoint, String hash) {

    public LogHead {
        if (checkpoint < 1) {
            throw new IllegalArgumentException("checkpoints are numbered from 1, was " + checkpoint);
        }
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("a checkpoint's hash has 64 hex digits, was '" + hash + "'");
        }
    }

    /** Reads {@link #toString}. @throws IllegalArgumentException if it is something else */
    public static LogHead parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 2 || !parts[0].matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("expected a checkpoint's number and hash, was '" + text + "'");
        }
        return new LogHead(Long.parseLong(parts[0]), parts[1]);
    }

    /** Number and hash, a space between them. */
    @Override
    public String toString() {
        return checkpoint + " " + hash;
    }
}
