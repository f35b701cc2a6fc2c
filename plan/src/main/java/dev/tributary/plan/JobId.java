package dev.tributary.plan;

import java.util.regex.Pattern;

/** Name of one run of a job, given by the coordinator at submission. */
public record JobId(String value) implements Comparable<JobId> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{2,62}");

    public JobId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("job id must be 3 to 63 of a-z, 0-9 and '-', was '" + value + "'");
        }
    }

    @Override
    public int compareTo(JobId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
