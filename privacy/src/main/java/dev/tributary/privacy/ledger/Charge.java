package dev.tributary.privacy.ledger;

import dev.tributary.privacy.accountant.PrivacyEvent;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What one step of one job costs: everything that it will release, decided before it starts.
 *
 * @param job id of the job
 * @param round from 1; 0 for what belongs to no round
 * @param purpose such as {@code train} or {@code loss}
 * @param events at least one
 */
public record Charge(String job, int round, String purpose, List<PrivacyEvent> events) {
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:@/+-]{1,200}");

    public Charge {
        requireName("job", job);
        requireName("purpose", purpose);
        if (round < 0) {
            throw new IllegalArgumentException("round must be >= 0, was " + round);
        }
        events = List.copyOf(events);
        if (events.isEmpty()) {
            throw new IllegalArgumentException("a charge needs at least one event");
        }
    }

    static void requireName(String field, String value) {
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    field + " must be 1 to 200 letters, digits or _.:@/+- , was '" + value + "'");
        }
    }
}
