package dev.tributary.coordinator.view;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Progress;

/**
 * What an agent says it is doing.
 *
 * @param phase in lower case
 * @param total 0 = unknown
 */
public record ProgressView(String agent, String job, int round, String planId, String phase, long done, long total) {

    public static ProgressView of(AgentId agent, Progress p) {
        return new ProgressView(
                agent.value(), p.job().value(), p.round(), p.planId(), JobView.lower(p.phase()), p.done(), p.total());
    }
}
