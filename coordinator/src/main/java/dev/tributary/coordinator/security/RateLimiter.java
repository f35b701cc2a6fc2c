package dev.tributary.coordinator.security;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** At most so many per key and minute, counted in whole minutes. Safe for use by several threads. */
final class RateLimiter {

    private static final int MAX_KEYS = 10_000;
    private static final long MINUTE = 60_000;

    private final int limit;
    private final Clock clock;
    private long minute;
    private final Map<String, Integer> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MAX_KEYS;
        }
    };

    RateLimiter(int limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    /** Counts one; whether it is within the limit. */
    synchronized boolean count(String key) {
        turn();
        return counts.merge(key, 1, Integer::sum) <= limit;
    }

    /** Whether no more is allowed now. */
    synchronized boolean isExhausted(String key) {
        turn();
        return counts.getOrDefault(key, 0) >= limit;
    }

    private void turn() {
        long now = clock.millis() / MINUTE;
        if (now != minute) {
            counts.clear();
            minute = now;
        }
    }

    /** Seconds until counting begins anew. */
    long secondsLeft() {
        return 60 - clock.millis() % MINUTE / 1000;
    }
}
