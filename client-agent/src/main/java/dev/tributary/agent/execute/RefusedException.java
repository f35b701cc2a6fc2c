package dev.tributary.agent.execute;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Refusal;

/** A plan that this agent will not or cannot carry out; becomes a {@link Refusal} and never ends the agent. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param reason short code in lower-case words
     * @param message for people: what was found and what to do
     */
    public RefusedException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    public RefusedException(String reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }

    Refusal refusal(Plan.Header plan, AgentId agent) {
        String message = getMessage();
        return new Refusal(
                plan.planId(), plan.job(), plan.round(), plan.attempt(), agent, reason, message == null ? "" : message);
    }
}
