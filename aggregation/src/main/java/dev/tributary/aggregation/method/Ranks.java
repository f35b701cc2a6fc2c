package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.AdapterKind;
import dev.tributary.adapter.RankIndices;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.SeededTensors;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.RankSelection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which rank an agent trains, and which global rank indices that means. */
final class Ranks {

    private Ranks() {}

    /** Rank per module: the global one, but at most {@code largest}. */
    static SortedMap<String, Integer> atMost(GlobalState state, int largest) {
        SortedMap<String, Integer> ranks = new TreeMap<>();
        for (String module : Modules.with(state.tensors().layout(), TensorRole.LORA_B)) {
            ranks.put(module, Math.max(1, Math.min(largest, state.config().rankOf(module))));
        }
        return ranks;
    }

    /** Whether the ranks are the global ones, so that nothing is left out. */
    static boolean full(GlobalState state, SortedMap<String, Integer> ranks) {
        return ranks.entrySet().stream().allMatch(e -> state.config().rankOf(e.getKey()) == e.getValue());
    }

    static boolean full(GlobalState state, AdapterConfig config) {
        return Modules.with(state.tensors().layout(), TensorRole.LORA_B).stream()
                .allMatch(m -> state.config().rankOf(m) == config.rankOf(m));
    }

    /** The global adapter at an agent's own largest rank, every module's scaling unchanged. */
    static AdapterConfig nested(GlobalState state, AgentProfile agent) {
        if (AdapterKind.of(state.config()).takesPartOfBase()) {
            return state.config(); // ranks that hold a part of the base cannot be left out; an agent refuses too many
        }
        SortedMap<String, Integer> ranks = atMost(state, agent.maxRank());
        return full(state, ranks) ? state.config() : state.config().reshaped(ranks, state.config()::scalingOf);
    }

    /** The first rank indices, as many as {@code config} has. */
    static RankIndices prefix(GlobalState state, AdapterConfig config) {
        return module -> RankSelection.prefix(state.config().rankOf(module), config.rankOf(module));
    }

    /** Random rank indices of an agent in the coming round, as many as {@code config} has. */
    static RankIndices random(GlobalState state, Job job, AgentId agent, AdapterConfig config) {
        long seed = seed(state, job, agent);
        return module -> RankSelection.random(seed, module, state.config().rankOf(module), config.rankOf(module));
    }

    static long seed(GlobalState state, Job job, AgentId agent) {
        return new SeededTensors(job.seed(), "ranks:" + state.ref().version() + ":" + agent).nextLong();
    }

    static Map<String, String> prefixParameters() {
        return Map.of(AgentOperations.CHOICE, AgentOperations.PREFIX, AgentOperations.UNSELECTED, AgentOperations.DROP);
    }

    static Map<String, String> randomParameters(long seed, String unselected) {
        return Map.of(
                AgentOperations.CHOICE,
                AgentOperations.RANDOM,
                AgentOperations.SEED,
                Long.toString(seed),
                AgentOperations.UNSELECTED,
                unselected);
    }
}
