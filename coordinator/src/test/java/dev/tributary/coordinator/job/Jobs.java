package dev.tributary.coordinator.job;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Evaluation;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.Update;
import dev.tributary.protocol.BlobLocation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Jobs, plans and answers to drive the state machine with. */
public final class Jobs {

    public static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    public static final JobId ID = new JobId("tone-1");
    public static final List<AgentId> SITES = List.of(new AgentId("amazon"), new AgentId("imdb"), new AgentId("yelp"));
    static final String LAYOUT = "layout";

    private Jobs() {}

    public static Job job(int rounds, int quorum, boolean closeAtQuorum, String keep) {
        return new Job(
                "tone",
                "minilm",
                new Job.Task("sequence-classification", List.of("negative", "positive"), "reviews", 64, "mean"),
                AdapterConfig.lora(8, 16, List.of("query", "value")),
                new Job.Training(1, 0, 16, 1, 1e-3, 5e-3, "adamw", 0, 0, 0, "constant", 0),
                new Job.Aggregation("fedavg", new TreeMap<>()),
                rounds,
                keep,
                new Job.CohortRules(1.0, quorum, Duration.ofMinutes(10), closeAtQuorum),
                new Job.Upload("fp32"),
                new Job.Privacy("none"),
                7);
    }

    /** Two rounds, quorum 2, this pace. */
    public static Job job(Job.Pace pace) {
        return with(job(2, 2, false, "last"), new Job.CohortRules(1.0, 2, Duration.ofMinutes(10), false, pace));
    }

    /** A job that treats late updates so. */
    public static Job job(int rounds, int quorum, Job.Late late) {
        Job.CohortRules rules = new Job.CohortRules(1.0, quorum, Duration.ofMinutes(10), false, Job.Pace.PATIENT, late);
        return with(job(rounds, quorum, false, "last"), rules);
    }

    private static Job with(Job job, Job.CohortRules rules) {
        return new Job(
                job.name(),
                job.baseModel(),
                job.task(),
                job.adapter(),
                job.training(),
                job.aggregation(),
                job.rounds(),
                job.keep(),
                rules,
                job.upload(),
                job.privacy(),
                job.seed());
    }

    public static ModelDescriptor model() {
        return new ModelDescriptor(
                "minilm",
                "BertModel",
                hex("weights"),
                hex("tokenizer"),
                new TreeMap<>(Map.of(
                        "encoder.layer.0.attention.self.query", new ModelDescriptor.LinearShape(12, 12),
                        "encoder.layer.0.attention.self.value", new ModelDescriptor.LinearShape(12, 12))),
                12,
                512);
    }

    static JobState submitted(Job job) {
        return JobState.submitted(new JobEvent.JobSubmitted(ID, job, model(), "name: tone"), START);
    }

    static JobEvent.StatePublished state(int version) {
        BlobRef blob = blob("state-" + version);
        return new JobEvent.StatePublished(
                version,
                new TreeMap<>(Map.of("adapter", blob)),
                null,
                new TreeMap<>(),
                List.of(new BlobLocation(blob, "blobs", 0, version, version)),
                Diagnostics.NONE,
                0.5,
                0.25);
    }

    static JobCommand.OpenRound open(JobState state, int round, int attempt, Instant now, List<AgentId> cohort) {
        Instant deadline = now.plus(state.job().cohort().deadline());
        List<Member> members = cohort.stream()
                .map(a -> new Member(a, plan(round, attempt, a), state.job().adapter(), LAYOUT))
                .toList();
        List<Plan.Train> plans = members.stream()
                .map(m -> new Plan.Train(
                        new Plan.Header(m.planId(), ID, round, attempt, deadline),
                        modelState(state, state.latest().orElseThrow()),
                        List.of(),
                        List.of(),
                        state.job().training(),
                        "fp32",
                        1))
                .toList();
        int wanted = (int) Math.ceil(cohort.size() / state.job().cohort().pace().overSelection());
        return new JobCommand.OpenRound(round, attempt, deadline, members, plans, wanted);
    }

    static JobCommand.OpenEvaluation evaluate(JobState state, int round, Instant now, List<AgentId> agents) {
        Instant deadline = now.plus(state.job().cohort().deadline());
        List<Invitation> invitations = agents.stream()
                .map(a -> new Invitation(a, evaluation(round, a)))
                .toList();
        List<Plan.Evaluate> plans = invitations.stream()
                .map(i -> new Plan.Evaluate(
                        new Plan.Header(i.planId(), ID, round, 1, deadline),
                        modelState(state, state.state(round)),
                        List.of(),
                        16))
                .toList();
        return new JobCommand.OpenEvaluation(round, deadline, invitations, plans);
    }

    private static Plan.ModelState modelState(JobState state, StateRef ref) {
        return new Plan.ModelState(
                "minilm",
                hex("weights"),
                hex("tokenizer"),
                state.job().task(),
                state.job().adapter(),
                ref);
    }

    static String plan(int round, int attempt, AgentId agent) {
        return "r" + round + "a" + attempt + "-" + agent;
    }

    static String evaluation(int round, AgentId agent) {
        return "e" + round + "-" + agent;
    }

    static Update update(int round, int attempt, AgentId agent, String content) {
        return new Update(
                plan(round, attempt, agent),
                ID,
                round,
                attempt,
                agent,
                blob(content),
                LAYOUT,
                0,
                round - 1,
                100,
                new Metrics(100, new TreeMap<>(Map.of("loss", 0.4))),
                1000);
    }

    static JobCommand.ReceiveUpdate received(int round, int attempt, AgentId agent) {
        return new JobCommand.ReceiveUpdate(agent, update(round, attempt, agent, round + "/" + agent), null, 5000);
    }

    static JobCommand.ReceiveRefusal refused(int round, int attempt, AgentId agent) {
        return new JobCommand.ReceiveRefusal(
                agent, new Refusal(plan(round, attempt, agent), ID, round, attempt, agent, "policy", "not this model"));
    }

    static JobCommand.ReceiveEvaluation measured(int round, AgentId agent, double accuracy) {
        Metrics metrics = new Metrics(50, new TreeMap<>(Map.of("accuracy", accuracy, "loss", 1 - accuracy)));
        return new JobCommand.ReceiveEvaluation(
                agent, new Evaluation(evaluation(round, agent), ID, round, 1, agent, metrics, 10));
    }

    static BlobRef blob(String content) {
        return new BlobRef(hex(content), content.length());
    }

    public static String hex(String content) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                            .digest(content.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
