package dev.tributary.coordinator.job;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Metrics;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The evaluation of one round's aggregated adapter.
 *
 * @param plans plan id per invited agent
 * @param metrics as reported
 * @param missing why an agent has no metrics: refused or lost
 * @param bytesReceived that an agent fetched for it
 */
public record EvaluationState(
        Instant openedAt,
        Instant deadline,
        SortedMap<AgentId, String> plans,
        SortedMap<AgentId, Metrics> metrics,
        SortedMap<AgentId, String> missing,
        SortedMap<AgentId, Long> bytesReceived,
        @Nullable Instant closedAt,
        String cause) {

    public EvaluationState {
        plans = Collections.unmodifiableSortedMap(new TreeMap<>(plans));
        metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
        missing = Collections.unmodifiableSortedMap(new TreeMap<>(missing));
        bytesReceived = Collections.unmodifiableSortedMap(new TreeMap<>(bytesReceived));
    }

    static EvaluationState opened(JobEvent.EvaluationOpened event, Instant at) {
        TreeMap<AgentId, String> plans = new TreeMap<>();
        event.agents().forEach(i -> plans.put(i.agent(), i.planId()));
        return new EvaluationState(
                at, event.deadline(), plans, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), null, "");
    }

    EvaluationState with(AgentId agent, Metrics reported, long bytes) {
        TreeMap<AgentId, Metrics> next = new TreeMap<>(metrics);
        next.put(agent, reported);
        TreeMap<AgentId, String> without = new TreeMap<>(missing);
        without.remove(agent);
        TreeMap<AgentId, Long> received = new TreeMap<>(bytesReceived);
        received.merge(agent, bytes, Long::sum);
        return new EvaluationState(openedAt, deadline, plans, next, without, received, closedAt, cause);
    }

    EvaluationState without(AgentId agent, String why) {
        TreeMap<AgentId, String> next = new TreeMap<>(missing);
        next.put(agent, why);
        return new EvaluationState(openedAt, deadline, plans, metrics, next, bytesReceived, closedAt, cause);
    }

    EvaluationState closed(Instant at, String why) {
        return new EvaluationState(openedAt, deadline, plans, metrics, missing, bytesReceived, at, why);
    }

    public boolean isOpen() {
        return closedAt == null;
    }

    public List<AgentId> waiting() {
        return plans.keySet().stream()
                .filter(agent -> !metrics.containsKey(agent) && !missing.containsKey(agent))
                .toList();
    }

    Optional<AgentId> agentOf(String planId) {
        return plans.entrySet().stream()
                .filter(e -> e.getValue().equals(planId))
                .map(java.util.Map.Entry::getKey)
                .findFirst();
    }

    /** Plain mean over the agents of every figure that all of them report; empty without reports. */
    public SortedMap<String, Double> mean() {
        TreeMap<String, Double> means = new TreeMap<>();
        if (metrics.isEmpty()) {
            return means;
        }
        for (String name : metrics.values().iterator().next().values().keySet()) {
            double mean = metrics.values().stream()
                    .mapToDouble(m -> m.get(name))
                    .average()
                    .orElse(Double.NaN);
            if (!Double.isNaN(mean)) {
                means.put(name, mean);
            }
        }
        return means;
    }
}
