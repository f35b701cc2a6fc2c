package dev.tributary.plan;

import java.util.regex.Pattern;

/** Name of an agent, unique in its federation; it appears in topic names and certificates. */
public record AgentId(String value) implements Comparable<AgentId> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{1,38}[a-z0-9]");

    public AgentId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("agent id must be 3 to 40 of a-z, 0-9 and '-', was '" + value + "'");
        }
    }

    @Override
    public int compareTo(AgentId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
