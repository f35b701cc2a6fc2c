package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterKind;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What agents are asked in a round: what the method asks, or first of all the values that an adapter begins with. */
public final class Plans {

    private Plans() {}

    public static SortedMap<AgentId, AgentTerms> training(
            FederatedMethod method, GlobalState state, Job job, List<AgentProfile> cohort) {
        if (BaseStart.isDue(state)) {
            return BaseStart.plans(method, job, cohort);
        }
        SortedMap<AgentId, AgentTerms> plans = method.plans(state, job, cohort);
        if (ControlVariates.of(job).isPresent()) {
            plans.replaceAll((agent, terms) -> ControlVariates.added(terms, method.adapter(job)));
        }
        return Legend.isOn(job) ? Legend.added(plans, state) : plans;
    }

    /** Empty where the state has yet to be completed from the base and is no model. */
    public static SortedMap<AgentId, AgentTerms> evaluation(
            FederatedMethod method, GlobalState state, Job job, List<AgentProfile> agents) {
        boolean incomplete = BaseStart.isDue(state)
                && !AdapterKind.of(state.config()).besides().isEmpty();
        return incomplete ? new TreeMap<>() : method.evaluationPlans(state, job, agents);
    }
}
