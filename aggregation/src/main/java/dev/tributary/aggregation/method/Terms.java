package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.AdapterKind;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.Uploads;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.TensorTerms.Send;
import dev.tributary.plan.TensorTerms.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Builds the terms of plans. */
final class Terms {

    private final Job job;
    private final List<TensorTerms> terms = new ArrayList<>();
    private final List<Plan.Operation> operations = new ArrayList<>();

    private Terms(Job job) {
        this.job = job;
    }

    static Terms of(Job job) {
        return new Terms(job);
    }

    /**
     * Terms of what every method treats alike, received, trained, sent back and averaged: a classification head, if the
     * job has one, and what its adapter trains beside the two sides.
     */
    static Terms withHead(Job job) {
        Terms terms = of(job).head();
        AdapterKind.of(job.adapter()).besides().forEach(terms::shared);
        return terms;
    }

    Terms head() {
        return job.task().isClassification() ? shared(TensorRole.WEIGHT).shared(TensorRole.BIAS) : this;
    }

    /** Received, trained and sent back. */
    Terms shared(TensorRole role) {
        terms.add(new TensorTerms(role, Source.SERVER, true, Uploads.send(job), false));
        return this;
    }

    /** Received and used as it is. */
    Terms frozen(TensorRole role) {
        terms.add(new TensorTerms(role, Source.SERVER, false, Send.NOTHING, false));
        return this;
    }

    /** The agent's own, trained and kept, never sent. */
    Terms own(TensorRole role) {
        terms.add(new TensorTerms(role, Source.KEPT, true, Send.NOTHING, true));
        return this;
    }

    /** Received, trained, sent back, and a copy kept. */
    Terms sharedAndKept(TensorRole role) {
        terms.add(new TensorTerms(role, Source.SERVER, true, Uploads.send(job), true));
        return this;
    }

    /** Drawn anew from the plan's seed, trained and sent as a value. */
    Terms drawn(TensorRole role) {
        terms.add(new TensorTerms(role, Source.SEED, true, Send.VALUE, false));
        return this;
    }

    Terms operation(String name, Map<String, String> parameters) {
        operations.add(new Plan.Operation(name, new TreeMap<>(parameters)));
        return this;
    }

    /** The same terms for every agent. */
    SortedMap<AgentId, AgentTerms> forAll(List<AgentProfile> cohort) {
        SortedMap<AgentId, AgentTerms> plans = new TreeMap<>();
        for (AgentProfile agent : cohort) {
            plans.put(agent.id(), terms(job.adapter()));
        }
        return plans;
    }

    AgentTerms terms(AdapterConfig config) {
        return new AgentTerms(config, terms, operations);
    }
}
