package dev.tributary.coordinator.round;

import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.aggregation.Aggregation;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.LateChange;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.coordinator.job.Attempt;
import dev.tributary.coordinator.job.Diagnostics;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.LateUpdates;
import dev.tributary.coordinator.job.Member;
import dev.tributary.coordinator.round.SealedRounds.Sealed;
import dev.tributary.coordinator.round.SealedRounds.StoredState;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.Update;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.crash.CrashPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Computes the next global state of a job from what its log names, stores and publishes the blobs, and tells the event
 * that records them. Doing it twice gives the same blobs, so a crash before the event is harmless. With client-level
 * privacy the noised result is sealed before it leaves, and a crash before that is charged again.
 */
final class Aggregator {

    private final BlobStore blobs;
    private final CoordinatorTransport transport;
    private final Aggregation aggregation;
    private final StartAdapters starts;
    private final ClientNoise noise;
    private final SealedRounds seals;

    Aggregator(
            BlobStore blobs,
            CoordinatorTransport transport,
            Aggregation aggregation,
            StartAdapters starts,
            ClientNoise noise,
            SealedRounds seals) {
        this.noise = noise;
        this.seals = seals;
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
            StoredState stored = store(state, starts.begin(state.job(), produced, work.path()), Optional.empty());
            return publish(state, 0, stored, false, Diagnostics.NONE, begin);
        }
    }

    JobEvent.StatePublished aggregate(JobState state, int round) {
        long begin = System.nanoTime();
        CrashPoint.BEFORE_AGGREGATE.pass();
        if (ClientNoise.appliesTo(state.job())) {
            return noised(state, round, begin);
        }
        Attempt attempt = Objects.requireNonNull(state.rounds().get(round)).attempt();
        List<SafetensorsFile> open = new ArrayList<>();
        try (WorkDirectory work = WorkDirectory.in(blobs.workDirectory());
                OpenState files = OpenState.open(blobs, state, state.latest().orElseThrow())) {
            Aggregation.Result result = aggregation.aggregate(
                    PlanFactory.method(state.job()),
                    files.state(),
                    state.job(),
                    received(state, round, open),
                    work.path());
            CrashPoint.AFTER_AGGREGATE.pass();
            Optional<FoldLog.Compacted> compacted =
                    FoldLog.compact(blobs, state, result.produced().fold(), work.path());
            StoredState stored = store(state, result.produced(), compacted);
            return publish(
                    state, round, stored, compacted.isPresent(), summary(result.diagnostics(), compacted), begin);
        } finally {
            open.forEach(SafetensorsFile::close);
        }
    }

    /** Reserve, noise, seal, commit, and only then publish. */
    private JobEvent.StatePublished noised(JobState state, int round, long begin) {
        Attempt attempt = Objects.requireNonNull(state.rounds().get(round)).attempt();
        Sealed sealed = seals.find(state.id(), round, attempt).orElseGet(() -> seal(state, round, attempt));
        noise.commit(state, sealed.reservation());
        return publish(state, round, sealed.state(), false, sealed.figures(), begin);
    }

    private Sealed seal(JobState state, int round, Attempt attempt) {
        List<SafetensorsFile> open = new ArrayList<>();
        try (WorkDirectory work = WorkDirectory.in(blobs.workDirectory());
                OpenState files = OpenState.open(blobs, state, state.latest().orElseThrow())) {
            ClientNoise.Round noised = noise.round(state, round);
            Aggregation.Produced produced = aggregation.aggregate(
                    PlanFactory.method(state.job()),
                    files.state(),
                    state.job(),
                    received(state, round, open),
                    noised::sums,
                    work.path());
            CrashPoint.AFTER_AGGREGATE.pass();
            Sealed sealed = new Sealed(
                    round,
                    attempt.number(),
                    noised.reservation(),
                    store(state, produced, Optional.empty()),
                    noised.figures());
            seals.seal(state.id(), sealed);
            noised.sealed();
            return sealed;
        } finally {
            open.forEach(SafetensorsFile::close);
        }
    }

    private List<ReceivedUpdate> received(JobState state, int round, List<SafetensorsFile> open) {
        Attempt attempt = Objects.requireNonNull(state.rounds().get(round)).attempt();
        List<Update> updates = attempt.updates();
        List<LateUpdates.Deferred> late = LateUpdates.of(state, attempt);
        long total = Stream.concat(updates.stream(), late.stream().map(LateUpdates.Deferred::update))
                .mapToLong(Update::examples)
                .sum();
        List<ReceivedUpdate> received = new ArrayList<>();
        for (Update update : updates) {
            SafetensorsFile file = SafetensorsFile.open(blobs.path(update.tensors()));
            open.add(file);
            Member member = Objects.requireNonNull(attempt.members().get(update.agent()));
            received.add(new ReceivedUpdate(
                    update.agent(),
                    member.adapter(),
                    update.examples(),
                    (double) update.examples() / total,
                    file,
                    update.training().get("seconds")));
        }
        for (LateUpdates.Deferred each : late) {
            Update update = each.update();
            SafetensorsFile file = SafetensorsFile.open(blobs.path(update.tensors()));
            open.add(file);
            double weight = state.job().cohort().late().weight(round - update.round());
            received.add(new ReceivedUpdate(
                    update.agent(),
                    each.member().adapter(),
                    update.examples(),
                    (double) update.examples() / total,
                    new LateChange(file, weight)));
        }
        return received;
    }

    /** Puts what was produced into the blob store. */
    private StoredState store(JobState state, Aggregation.Produced produced, Optional<FoldLog.Compacted> compacted) {
        TreeMap<String, BlobRef> parts = new TreeMap<>();
        for (String kept : produced.keptParts()) {
            parts.put(
                    kept,
                    Objects.requireNonNull(state.latest().orElseThrow().parts().get(kept), kept));
        }
        produced.newParts().forEach((part, file) -> parts.put(part, blobs.put(file)));
        BlobRef fold = compacted
                .map(FoldLog.Compacted::file)
                .or(produced::fold)
                .map(blobs::put)
                .orElse(null);
        return new StoredState(parts, fold, produced.methodState());
    }

    /** @param compacted whether the fold stands for the whole log */
    private JobEvent.StatePublished publish(
            JobState state, int version, StoredState next, boolean compacted, Diagnostics diagnostics, long begin) {
        double aggregateSeconds = seconds(begin);
        long publishing = System.nanoTime();
        BlobRef folded = next.fold();
        Set<BlobRef> fetched = new LinkedHashSet<>();
        next.parts().forEach((part, blob) -> {
            if (!StateRef.isOfServer(part)) {
                fetched.add(blob);
            }
        });
        if (!compacted) {
            state.latest().ifPresent(s -> s.folds().forEach(earlier -> fetched.add(earlier.blob())));
        }
        if (folded != null) {
            fetched.add(folded);
        }
        List<BlobLocation> locations = send(state, fetched);
        @Nullable FoldRef fold = null;
        if (folded != null) {
            fold = new FoldRef(state.latest().map(StateRef::baseVersion).orElse(0) + 1, folded);
        }
        return new JobEvent.StatePublished(
                version,
                next.parts(),
                compacted ? null : fold,
                compacted ? fold : null,
                next.methodState(),
                locations,
                version == 0 ? diagnostics : withDense(diagnostics, state, version),
                aggregateSeconds,
                seconds(publishing));
    }

    /** Publishes stored blobs, but for those that can be fetched as parts of the state before and lie near. */
    private List<BlobLocation> send(JobState state, Set<BlobRef> next) {
        Set<BlobRef> there = WireSpan.isTooLong(state, next) ? Set.of() : WireSpan.fetchable(state);
        List<BlobLocation> locations = new ArrayList<>();
        for (BlobRef blob : next) {
            if (!there.contains(blob)) {
                CrashPoint.BEFORE_PUBLISH.pass();
                locations.add(transport.publish(blob, stored(blob)));
                CrashPoint.AFTER_PUBLISH.pass();
            }
        }
        return locations;
    }

    private Path stored(BlobRef blob) {
        try {
            return blobs.path(blob);
        } catch (NoSuchElementException e) {
            throw new TransportException("blob " + blob.sha256() + " went with the equal one of another job", e);
        }
    }

    /** What the updates would have weighed as dense matrices: in · out elements of every target module. */
    private static Diagnostics withDense(Diagnostics figures, JobState state, int round) {
        Attempt attempt = Objects.requireNonNull(state.rounds().get(round)).attempt();
        Job job = state.job();
        long elements = state.model().select(job.adapter().targetModules()).stream()
                .map(module ->
                        Objects.requireNonNull(state.model().linearModules().get(module)))
                .mapToLong(shape -> (long) shape.in() * shape.out())
                .sum();
        int width = job.upload().dtype().equals("bf16") ? 2 : 4;
        return figures.with(Diagnostics.DENSE_BYTES, (double) attempt.updates().size() * elements * width);
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
