package dev.tributary.coordinator.round;

import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.aggregation.Aggregation;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.coordinator.job.Attempt;
import dev.tributary.coordinator.job.Diagnostics;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Member;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.Update;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.crash.CrashPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Computes the next global state of a job from what its log names, stores and publishes the blobs, and tells the event
 * that records them. Doing it twice gives the same blobs, so a crash before the event is harmless; with client-level
 * privacy it gives other noise, and is charged twice.
 */
final class Aggregator {

    private final BlobStore blobs;
    private final CoordinatorTransport transport;
    private final Aggregation aggregation;
    private final StartAdapters starts;

    private final ClientNoise noise;

    Aggregator(
            BlobStore blobs,
            CoordinatorTransport transport,
            Aggregation aggregation,
            StartAdapters starts,
            ClientNoise noise) {
        this.noise = noise;
        this.starts = starts;
        this.blobs = blobs;
        this.transport = transport;
        this.aggregation = aggregation;
    }

    JobEvent.StatePublished initialise(JobState state) {
        long begin = System.nanoTime();
        try (WorkDirectory work = WorkDirectory.in(blobs.workDirectory())) {
            FederatedMethod method = PlanFactory.method(state.job());
            Aggregation.Produced produced = aggregation.initial(method, state.job(), state.model(), work.path());
            return publish(
                    state,
                    0,
                    starts.begin(state.job(), produced, work.path()),
                    Optional.empty(),
                    Diagnostics.NONE,
                    begin);
        }
    }

    JobEvent.StatePublished aggregate(JobState state, int round) {
        long begin = System.nanoTime();
        Attempt attempt = Objects.requireNonNull(state.rounds().get(round)).attempt();
        StateRef base = state.latest().orElseThrow();
        List<SafetensorsFile> open = new ArrayList<>();
        CrashPoint.BEFORE_AGGREGATE.pass();
        try (WorkDirectory work = WorkDirectory.in(blobs.workDirectory());
                OpenState files = OpenState.open(blobs, state, base)) {
            if (ClientNoise.appliesTo(state.job())) {
                return noised(state, round, files, received(attempt, open), work.path(), begin);
            }
            Aggregation.Result result = aggregation.aggregate(
                    PlanFactory.method(state.job()), files.state(), state.job(), received(attempt, open), work.path());
            CrashPoint.AFTER_AGGREGATE.pass();
            Optional<FoldLog.Compacted> compacted =
                    FoldLog.compact(blobs, state, result.produced().fold(), work.path());
            return publish(state, round, result.produced(), compacted, summary(result.diagnostics(), compacted), begin);
        } finally {
            open.forEach(SafetensorsFile::close);
        }
    }

    private JobEvent.StatePublished noised(
            JobState state, int round, OpenState files, List<ReceivedUpdate> updates, Path work, long begin) {
        ClientNoise.Round noised = noise.round(state, round);
        Aggregation.Produced produced = aggregation.aggregate(
                PlanFactory.method(state.job()), files.state(), state.job(), updates, noised::sums, work);
        CrashPoint.AFTER_AGGREGATE.pass();
        return publish(state, round, produced, Optional.empty(), noised.commit(), begin);
    }

    private List<ReceivedUpdate> received(Attempt attempt, List<SafetensorsFile> open) {
        List<Update> updates = attempt.updates();
        long total = updates.stream().mapToLong(Update::examples).sum();
        List<ReceivedUpdate> received = new ArrayList<>();
        for (Update update : updates) {
            SafetensorsFile file = SafetensorsFile.open(blobs.path(update.tensors()));
            open.add(file);
            Member member = Objects.requireNonNull(attempt.members().get(update.agent()));
            received.add(new ReceivedUpdate(
                    update.agent(), member.adapter(), update.examples(), (double) update.examples() / total, file));
        }
        return received;
    }

    private JobEvent.StatePublished publish(
            JobState state,
            int version,
            Aggregation.Produced produced,
            Optional<FoldLog.Compacted> compacted,
            Diagnostics diagnostics,
            long begin) {
        @Nullable StateRef before = state.latest().orElse(null);
        TreeMap<String, BlobRef> parts = new TreeMap<>();
        for (String kept : produced.keptParts()) {
            parts.put(
                    kept,
                    Objects.requireNonNull(
                            Objects.requireNonNull(before).parts().get(kept), kept));
        }
        double aggregateSeconds = seconds(begin);
        long publishing = System.nanoTime();
        List<BlobLocation> locations = new ArrayList<>();
        for (Map.Entry<String, Path> part : produced.newParts().entrySet()) {
            BlobRef blob = StateRef.isOfServer(part.getKey())
                    ? blobs.put(part.getValue())
                    : store(state, part.getValue(), locations);
            parts.put(part.getKey(), blob);
        }
        @Nullable FoldRef fold = null;
        if (produced.fold().isPresent()) {
            int next = (before == null ? 0 : before.baseVersion()) + 1;
            Path file = compacted
                    .map(FoldLog.Compacted::file)
                    .orElseGet(() -> produced.fold().get());
            fold = new FoldRef(next, store(state, file, locations));
        }
        return new JobEvent.StatePublished(
                version,
                parts,
                compacted.isPresent() ? null : fold,
                compacted.isPresent() ? fold : null,
                produced.methodState(),
                locations,
                diagnostics,
                aggregateSeconds,
                seconds(publishing));
    }

    /** Stores a file and publishes it unless the same content was published for this job before. */
    private BlobRef store(JobState state, Path file, List<BlobLocation> locations) {
        BlobRef blob = blobs.put(file);
        if (!state.locations().containsKey(blob)
                && locations.stream().noneMatch(l -> l.blob().equals(blob))) {
            CrashPoint.BEFORE_PUBLISH.pass();
            locations.add(transport.publish(blob, blobs.path(blob)));
            CrashPoint.AFTER_PUBLISH.pass();
        }
        return blob;
    }

    private static Diagnostics summary(Aggregation.Diagnostics d, Optional<FoldLog.Compacted> compacted) {
        String worst = "";
        double worstError = Double.NaN;
        for (Map.Entry<String, Double> e : d.perModule().entrySet()) {
            if (!(e.getValue() <= worstError) && !Double.isNaN(e.getValue())) {
                worst = e.getKey();
                worstError = e.getValue();
            }
        }
        SortedMap<String, Double> more = new TreeMap<>(d.more());
        compacted.ifPresent(c -> {
            more.put("foldCompactionError", c.report().relative());
            more.put("foldCompactionNorm", c.report().dropped());
        });
        return new Diagnostics(d.aggregationError(), worstError, worst, more);
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }
}
