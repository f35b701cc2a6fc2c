package dev.tributary.coordinator.round;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.Aggregation;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.Methods;
import dev.tributary.aggregation.Plans;
import dev.tributary.coordinator.job.Invitation;
import dev.tributary.coordinator.job.JobCommand;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Member;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.BlobStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Completes a method's terms to whole plans: job, model, state, deadline, seed. */
final class PlanFactory {

    private final BlobStore blobs;
    private final Aggregation aggregation;

    PlanFactory(BlobStore blobs, Aggregation aggregation) {
        this.blobs = blobs;
        this.aggregation = aggregation;
    }

    /** @param wanted how many updates the round waits for, of the cohort */
    JobCommand.OpenRound training(
            JobState state, int round, int attempt, List<AgentProfile> cohort, int wanted, Instant deadline) {
        Job job = state.job();
        StateRef ref = state.latest().orElseThrow();
        Instant last = deadline.plus(
                job.cohort().deadline().multipliedBy(job.cohort().late().oldest()));
        List<Member> members = new ArrayList<>();
        List<Plan.Train> plans = new ArrayList<>();
        try (OpenState files = OpenState.open(blobs, state, ref)) {
            SortedMap<AgentId, AgentTerms> terms = Plans.training(method(job), files.state(), job, cohort);
            terms.forEach((agent, t) -> {
                String planId = state.id() + "-r" + round + "a" + attempt + "-train-" + agent;
                members.add(new Member(agent, planId, t.adapter(), layoutHash(files.state(), t, job)));
                plans.add(new Plan.Train(
                        new Plan.Header(planId, state.id(), round, attempt, last),
                        model(state, t, ref),
                        t.tensors(),
                        t.operations(),
                        job.training(),
                        job.upload().dtype(),
                        Seeds.of(job.seed(), "train", round, agent),
                        protection(state)));
            });
        }
        return new JobCommand.OpenRound(round, attempt, deadline, members, plans, wanted);
    }

    JobCommand.OpenEvaluation evaluation(JobState state, int round, List<AgentProfile> agents, Instant deadline) {
        Job job = state.job();
        StateRef ref = state.state(round);
        List<Invitation> invitations = new ArrayList<>();
        List<Plan.Evaluate> plans = new ArrayList<>();
        if (!agents.isEmpty()) {
            try (OpenState files = OpenState.open(blobs, state, ref)) {
                Plans.evaluation(method(job), files.state(), job, agents).forEach((agent, t) -> {
                    String planId = state.id() + "-r" + round + "-evaluate-" + agent;
                    invitations.add(new Invitation(agent, planId));
                    plans.add(new Plan.Evaluate(
                            new Plan.Header(planId, state.id(), round, 1, deadline),
                            model(state, t, ref),
                            t.tensors(),
                            job.training().batchSize(),
                            protection(state)));
                });
            }
        }
        return new JobCommand.OpenEvaluation(round, deadline, invitations, plans);
    }

    /** The job's privacy terms, with the norm that the clients' reports have brought it to. */
    private static Plan.Protection protection(JobState state) {
        Job job = state.job();
        if (!job.privacy().isOn()) {
            return Plan.Protection.NONE;
        }
        Job.Privacy privacy = job.privacy();
        if (ClientNoise.appliesTo(job)) {
            TreeMap<String, String> terms = new TreeMap<>(privacy.terms());
            terms.put("clip", String.valueOf(ClientNoise.clip(state)));
            privacy = new Job.Privacy(privacy.unit(), terms);
        }
        return new Plan.Protection(privacy, job.rounds());
    }

    private static Plan.ModelState model(JobState state, AgentTerms terms, StateRef ref) {
        return new Plan.ModelState(
                state.model().name(),
                state.model().weightsSha256(),
                state.model().tokenizerSha256(),
                terms.dataset().map(state.job().task()::on).orElse(state.job().task()),
                terms.adapter(),
                ref.forAgents(),
                state.job().training().baseDtype());
    }

    private String layoutHash(GlobalState state, AgentTerms terms, Job job) {
        DType dtype = job.upload().dtype().equals("bf16") ? DType.BF16 : DType.F32;
        return Layout.of(aggregation.expectedUpdate(state, terms).values().stream()
                        .map(info -> new TensorInfo(info.name(), dtype, info.shape()))
                        .toList())
                .hash();
    }

    static FederatedMethod method(Job job) {
        String name = job.aggregation().method();
        return Methods.find(name)
                .orElseThrow(() -> new IllegalStateException(
                        "this coordinator has no method '" + name + "'; it has " + Methods.names()));
    }
}
