package dev.tributary.coordinator.job;

import dev.tributary.coordinator.log.Event;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Update;
import dev.tributary.protocol.BlobLocation;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What can happen to a job. The names in {@link #TYPES} stand in the log and never change. */
public sealed interface JobEvent extends Event {

    Map<String, Class<? extends Event>> TYPES = Map.ofEntries(
            Map.entry("job-submitted", JobSubmitted.class),
            Map.entry("state-published", StatePublished.class),
            Map.entry("round-opened", RoundOpened.class),
            Map.entry("update-accepted", UpdateAccepted.class),
            Map.entry("update-deferred", UpdateDeferred.class),
            Map.entry("update-rejected", UpdateRejected.class),
            Map.entry("agent-refused", AgentRefused.class),
            Map.entry("agent-lost", AgentLost.class),
            Map.entry("round-closed", RoundClosed.class),
            Map.entry("round-abandoned", RoundAbandoned.class),
            Map.entry("evaluation-opened", EvaluationOpened.class),
            Map.entry("metrics-reported", MetricsReported.class),
            Map.entry("evaluation-closed", EvaluationClosed.class),
            Map.entry("job-completed", JobCompleted.class),
            Map.entry("job-failed", JobFailed.class),
            Map.entry("job-cancelled", JobCancelled.class),
            Map.entry("job-exhausted", JobExhausted.class),
            Map.entry("privacy-alarmed", PrivacyAlarmed.class),
            Map.entry("job-paused", JobPaused.class),
            Map.entry("job-resumed", JobResumed.class),
            Map.entry("job-retried", JobRetried.class));

    /**
     * First event of every job.
     *
     * @param model the base model all agents of this job must hold, byte for byte
     * @param document the job as it was sent in
     */
    record JobSubmitted(JobId id, Job job, ModelDescriptor model, String document) implements JobEvent {}

    /**
     * A global state exists, is stored and can be fetched. Version 0 is the state before round 1.
     *
     * @param parts all parts of the state
     * @param fold the entry this round added to the fold log, if any
     * @param foldedBase in place of {@code fold}: an entry that stands for the whole log and this round's fold
     * @param locations where the blobs that are new in this version lie
     * @param aggregateSeconds spent computing, {@code publishSeconds} spent storing and sending the new blobs
     */
    record StatePublished(
            int version,
            SortedMap<String, BlobRef> parts,
            @Nullable FoldRef fold,
            @Nullable FoldRef foldedBase,
            SortedMap<String, String> methodState,
            List<BlobLocation> locations,
            Diagnostics diagnostics,
            double aggregateSeconds,
            double publishSeconds)
            implements JobEvent {
        /** With the fold log going on as it is. */
        public StatePublished(
                int version,
                SortedMap<String, BlobRef> parts,
                @Nullable FoldRef fold,
                SortedMap<String, String> methodState,
                List<BlobLocation> locations,
                Diagnostics diagnostics,
                double aggregateSeconds,
                double publishSeconds) {
            this(version, parts, fold, null, methodState, locations, diagnostics, aggregateSeconds, publishSeconds);
        }

        public StatePublished {
            parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
            methodState = Collections.unmodifiableSortedMap(new TreeMap<>(methodState));
            locations = List.copyOf(locations);
        }
    }

    /**
     * @param attempt from 1; the members are in agent-id order
     * @param wanted how many updates are waited for; 0 in logs from before it could be fewer than the members
     */
    record RoundOpened(int round, int attempt, List<Member> members, Instant deadline, int wanted) implements JobEvent {
        public RoundOpened {
            members = List.copyOf(members);
            wanted = wanted == 0 ? members.size() : wanted;
        }
    }

    /** @param wireBytes bytes the update took on the wire, chunks included */
    record UpdateAccepted(Update update, long wireBytes) implements JobEvent {}

    /** An update came after its round closed and is to count in a later one. */
    record UpdateDeferred(Update update, long wireBytes) implements JobEvent {}

    /**
     * @param content SHA-256 of the rejected blob
     * @param reason short code in lower-case words
     */
    record UpdateRejected(
            int round, int attempt, AgentId agent, String planId, String content, String reason, String message)
            implements JobEvent {}

    /** An agent will not carry out a training or evaluation plan. */
    record AgentRefused(int round, AgentId agent, String planId, String reason, String message) implements JobEvent {}

    /** An agent fell silent while its answer to a training or evaluation plan was awaited. */
    record AgentLost(int round, AgentId agent, String planId, String reason) implements JobEvent {}

    /**
     * The accepted set is final.
     *
     * @param cause {@code all-answered}, {@code deadline}, {@code quorum}, {@code enough}, {@code adaptive-deadline} or
     *     {@code buffer-full}
     * @param late plans of earlier rounds whose updates count in this one
     */
    record RoundClosed(int round, int attempt, List<AgentId> accepted, String cause, List<String> late)
            implements JobEvent {
        /** Without late updates. */
        public RoundClosed(int round, int attempt, List<AgentId> accepted, String cause) {
            this(round, attempt, accepted, cause, List.of());
        }

        public RoundClosed {
            accepted = List.copyOf(accepted);
            late = late == null ? List.of() : List.copyOf(late); // logs from before there were any have none
        }
    }

    record RoundAbandoned(int round, int attempt, String reason) implements JobEvent {}

    record EvaluationOpened(int round, List<Invitation> agents, Instant deadline) implements JobEvent {
        public EvaluationOpened {
            agents = List.copyOf(agents);
        }
    }

    record MetricsReported(int round, AgentId agent, String planId, Metrics metrics, long bytesReceived)
            implements JobEvent {}

    record EvaluationClosed(int round, String cause) implements JobEvent {}

    /** @param resultVersion version of the global state that is the job's result */
    record JobCompleted(int resultVersion) implements JobEvent {}

    record JobFailed(String reason) implements JobEvent {}

    record JobCancelled(String reason) implements JobEvent {}

    /** @param resultVersion version of the last affordable state that is the job's result */
    record JobExhausted(int resultVersion, String reason) implements JobEvent {}

    record PrivacyAlarmed(String reason) implements JobEvent {}

    /** No further round opens. */
    record JobPaused(String reason) implements JobEvent {}

    record JobResumed() implements JobEvent {}

    /** A failed or cancelled job runs again, from its last published state. */
    record JobRetried() implements JobEvent {}
}
