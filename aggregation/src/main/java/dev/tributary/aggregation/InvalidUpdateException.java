package dev.tributary.aggregation;

import dev.tributary.plan.AgentId;

/** An accepted update turned out to be unusable while it was read; the round can be aggregated without its agent. */
public class InvalidUpdateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient AgentId agent;

    public InvalidUpdateException(AgentId agent, String message) {
        super("update of " + agent + ": " + message);
        this.agent = agent;
    }

    public AgentId agent() {
        return agent;
    }
}
