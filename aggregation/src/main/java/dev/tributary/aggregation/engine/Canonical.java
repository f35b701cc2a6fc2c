package dev.tributary.aggregation.engine;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.plan.AgentId;
import java.util.Comparator;
import java.util.List;

/** Brings updates to one scale and one order before any rule sees them. */
public final class Canonical {

    private static final Comparator<ReceivedUpdate> BY_AGENT = Comparator.comparing(ReceivedUpdate::agent);

    private Canonical() {}

    /**
     * What a tensor is multiplied by so that all agents' factors share the global scaling: (agent's scaling / global
     * scaling) for B, 1 for everything else. An agent with alpha·c and B/c is equivalent to one with alpha and B.
     */
    public static double factor(AdapterConfig agent, AdapterConfig global, TensorName tensor) {
        if (tensor.role() != TensorRole.LORA_B) {
            return 1;
        }
        double own = agent.scalingOf(tensor.module());
        double common = global.scalingOf(tensor.module());
        return own == common ? 1 : own / common;
    }

    /**
     * The updates that count, in agent-id order, their weights recomputed from the examples to sum to 1. Updates
     * without examples are left out.
     *
     * @throws IllegalArgumentException if none is left or two are from the same agent
     */
    public static List<ReceivedUpdate> order(List<ReceivedUpdate> updates) {
        List<ReceivedUpdate> sorted =
                updates.stream().filter(u -> u.examples() > 0).sorted(BY_AGENT).toList();
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("no update with at least one training example");
        }
        AgentId previous = null;
        long total = 0;
        for (ReceivedUpdate update : sorted) {
            if (update.agent().equals(previous)) {
                throw new IllegalArgumentException("two updates from agent " + previous);
            }
            previous = update.agent();
            total = Math.addExact(total, update.examples());
        }
        double sum = total;
        return sorted.stream()
                .map(u -> new ReceivedUpdate(
                        u.agent(), u.config(), u.examples(), u.examples() / sum, u.tensors(), u.seconds()))
                .toList();
    }
}
