package dev.tributary.coordinator.api;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Idempotency keys of the last submissions; forgotten when the coordinator stops. */
final class SubmittedKeys {
    private static final int KEPT = 1000;

    private record Entry(int hash, String job) {}

    record Outcome(String job, boolean isNew) {}

    /** A key came again with another document. */
    static final class ReusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReusedException(String key) {
            super("The Idempotency-Key '" + key
                    + "' was sent with another document before. Use a new key for a new job.");
        }
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Runs {@code start} unless this key has started a job; an empty key always starts one. */
    synchronized Outcome submit(String key, byte[] document, Supplier<String> start) {
        if (key.isBlank()) {
            return new Outcome(start.get(), true);
        }
        int hash = Arrays.hashCode(document);
        Entry before = entries.get(key);
        if (before != null && before.hash() != hash) {
            throw new ReusedException(key);
        }
        if (before != null) {
            return new Outcome(before.job(), false);
        }
        String job = start.get();
        entries.put(key, new Entry(hash, job));
        if (entries.size() > KEPT) {
            entries.remove(entries.keySet().iterator().next());
        }
        return new Outcome(job, true);
    }
}
