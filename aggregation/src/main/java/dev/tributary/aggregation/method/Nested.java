package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.Selection;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.AgentProfile;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Agents of smaller rank that train the first ranks of the global adapter, every module's scaling unchanged. */
final class Nested {

    private Nested() {}

    /** The given terms for everyone; agents that allow less than the global rank get the first ranks only. */
    static SortedMap<AgentId, AgentTerms> plans(GlobalState state, List<AgentProfile> cohort, Supplier<Terms> terms) {
        SortedMap<AgentId, AgentTerms> plans = new TreeMap<>();
        for (AgentProfile agent : cohort) {
            AdapterConfig config = Ranks.nested(state, agent);
            Terms own = terms.get();
            if (!Ranks.full(state, config)) {
                own.operation(AgentOperations.SELECT_RANKS, Ranks.prefixParameters());
            }
            plans.put(agent.id(), own.terms(config));
        }
        return plans;
    }

    /** Updates of smaller rank are padded with zeros, which leaves their products as they are. */
    static Optional<Selection> padded(GlobalState state, AdapterConfig config) {
        return Ranks.full(state, config)
                ? Optional.empty()
                : Optional.of(new Selection(Ranks.prefix(state, config), Selection.Fill.ZERO, false));
    }

    /** Updates of smaller rank are taken as they are. */
    static Optional<Selection> own(GlobalState state, AdapterConfig config) {
        return Ranks.full(state, config)
                ? Optional.empty()
                : Optional.of(new Selection(Ranks.prefix(state, config), Selection.Fill.NONE, false));
    }
}
