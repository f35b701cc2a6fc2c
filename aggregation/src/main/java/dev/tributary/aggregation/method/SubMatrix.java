package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.Selection;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Agents that train random ranks of the global adapter, drawn from job seed, round and agent. */
final class SubMatrix {

    static final MethodOption SKETCH_RANK = MethodOption.integer(
            "sketch-rank",
            1,
            1 << 16,
            "",
            "ranks that an agent trains in a round, at most what it allows; half the rank" + " if left out");

    private SubMatrix() {}

    /**
     * Terms of both factors, each agent at its own random ranks.
     *
     * @param unselected what an agent does with the other ranks, as select-ranks has it
     * @param config the adapter of the given ranks, from the global one
     */
    static SortedMap<AgentId, AgentTerms> plans(
            GlobalState state,
            Job job,
            List<AgentProfile> cohort,
            String unselected,
            BiFunction<AdapterConfig, SortedMap<String, Integer>, AdapterConfig> config) {
        SortedMap<AgentId, AgentTerms> plans = new TreeMap<>();
        for (AgentProfile agent : cohort) {
            SortedMap<String, Integer> ranks = ranks(state, job, agent);
            Terms terms = FedAvg.factors(job);
            if (Ranks.full(state, ranks)) {
                plans.put(agent.id(), terms.terms(state.config()));
                continue;
            }
            terms.operation(
                    AgentOperations.SELECT_RANKS,
                    Ranks.randomParameters(Ranks.seed(state, job, agent.id()), unselected));
            plans.put(agent.id(), terms.terms(config.apply(state.config(), ranks)));
        }
        return plans;
    }

    /** Scaling s·r/k instead of s: the product of k random ranks is then, on average, that of all r. */
    static AdapterConfig sketched(AdapterConfig whole, SortedMap<String, Integer> ranks) {
        return whole.reshaped(
                ranks, module -> whole.scalingOf(module) * whole.rankOf(module) / ranks.getOrDefault(module, 1));
    }

    /** The option, or half of each module's rank; at most what the agent allows. */
    private static SortedMap<String, Integer> ranks(GlobalState state, Job job, AgentProfile agent) {
        SortedMap<String, Integer> ranks = Ranks.atMost(state, agent.maxRank());
        int wanted = SKETCH_RANK.integerOf(job, 0);
        ranks.replaceAll((module, most) -> {
            int full = state.config().rankOf(module);
            return Math.min(most, wanted > 0 ? Math.min(wanted, full) : (full + 1) / 2);
        });
        return ranks;
    }

    static Optional<Selection> selection(
            GlobalState state, Job job, AgentId agent, AdapterConfig config, Selection.Fill fill, boolean sketched) {
        return Ranks.full(state, config)
                ? Optional.empty()
                : Optional.of(new Selection(Ranks.random(state, job, agent, config), fill, sketched));
    }
}
