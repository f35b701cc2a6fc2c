package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.AdapterKind;
import dev.tributary.adapter.TensorRole;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Problem;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.TensorTerms.Send;
import dev.tributary.plan.TensorTerms.Source;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A federated method: a server rule and the plans it hands to agents. A method is stateless; everything it remembers is
 * in the {@link GlobalState}. Its kind says what it may see: a {@link SumMethod} only sums over the cohort (so it works
 * under secure aggregation and central differential privacy), an {@link UpdateMethod} each update by itself.
 *
 * <p>A new method is one class in {@code aggregation.method}, one line in {@code META-INF/services} and one test that
 * extends the shared contract. No other module knows its name.
 */
public sealed interface FederatedMethod permits SumMethod, UpdateMethod {

    /** Name, paper, equation and everything a reader or the compatibility check needs to know. */
    MethodCard card();

    /** What stands against running {@code job} on {@code model} with this method; empty if nothing does. */
    default List<Problem> check(Job job, ModelDescriptor model) {
        return Compatibility.check(this, job, model);
    }

    /** A job that passed the check, as it runs: with the ranks that a configurator gives its layers. */
    default Job configured(Job job, ModelDescriptor model) {
        return Legend.configured(this, job, model);
    }

    /** The global adapter: what agents evaluate. */
    default AdapterConfig adapter(Job job) {
        return job.adapter();
    }

    /** Roles whose first values agents compute from the base model in round 1; mostly none. */
    default List<TensorRole> fromBase(Job job) {
        return AdapterKind.of(adapter(job)).fromBase();
    }

    /** Where {@link #fromBase} values come from a step on public data instead of the base's weights alone. */
    default Optional<PublicStep> publicStep(Job job) {
        return Optional.empty();
    }

    /** Whether agents may train a smaller rank than the job's. */
    default boolean ranksMayDiffer(Job job) {
        return card().heterogeneousRanks()
                && AdapterKind.named(job.adapter().type())
                        .filter(AdapterKind::takesPartOfBase)
                        .isEmpty();
    }

    /** Whether updates of this job that began at an older state may count in a later round. */
    default boolean takesLateUpdates(Job job) {
        return card().lateUpdates() && fromBase(job).isEmpty();
    }

    /** Writes the state before round 1: the initial adapter and head. Equal job, model and seed give equal bytes. */
    void initial(Job job, ModelDescriptor model, NextState next);

    /** What each member of the cohort is to receive, train, send and keep in the coming round. */
    SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort);

    /** What agents measure after a round: the whole global adapter, with their own kept tensors where they have such. */
    default SortedMap<AgentId, AgentTerms> evaluationPlans(GlobalState state, Job job, List<AgentProfile> agents) {
        SortedMap<AgentId, AgentTerms> plans = new TreeMap<>();
        plans(state, job, agents).forEach((agent, terms) -> {
            List<TensorTerms> tensors = terms.tensors().stream()
                    .map(t -> new TensorTerms(
                            t.role(),
                            t.source() == Source.KEPT ? Source.KEPT : Source.SERVER,
                            false,
                            Send.NOTHING,
                            false))
                    .toList();
            plans.put(agent, new AgentTerms(adapter(job), tensors, List.of()));
        });
        return plans;
    }

    /** How a tensor that an agent trains and sends travels: as its plans say. */
    default Send sends(Job job, TensorRole role) {
        return Uploads.send(job);
    }

    /** What the state after the coming round remembers, as far as that does not depend on what agents send. */
    default SortedMap<String, String> rememberedAfter(GlobalState state) {
        return Collections.emptySortedMap();
    }

    /** Roles that the coming round gives new values though no agent sends them. */
    default Set<TensorRole> rewrites(GlobalState state, Job job) {
        return Set.of();
    }

    /** Ranks, by module, of the fold that a round of such plans leaves; where values decide, the most it can have. */
    default SortedMap<String, Integer> foldRanks(GlobalState state, Job job, Collection<AgentTerms> cohort) {
        return Collections.emptySortedMap();
    }

    /**
     * Where an agent's smaller adapter lies within the global one; empty if its tensors have their global shape or the
     * method takes them as they are.
     *
     * @param config of the agent's plan
     */
    default Optional<Selection> selection(GlobalState state, Job job, AgentId agent, AdapterConfig config) {
        return Optional.empty();
    }
}
