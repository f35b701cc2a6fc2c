package dev.tributary.aggregation;

import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.diagnostics.RoundDiagnostics;
import dev.tributary.aggregation.engine.Canonical;
import dev.tributary.aggregation.engine.Products;
import dev.tributary.aggregation.engine.WeightedSums;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.TensorTerms.Send;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Runs a method on files. Updates are put in agent-id order, those without examples left out, and differences turned
 * into values before the method sees them. Thread-safe as long as work directories differ.
 */
public final class StandardAggregation implements Aggregation {

    @Override
    public Produced initial(FederatedMethod method, Job job, ModelDescriptor model, Path workDirectory) {
        Products.preload();
        StateFiles files = new StateFiles(workDirectory, Set.of());
        method.initial(job, model, files);
        BaseStart.mark(method, job, files.layouts(), files);
        return files.produced();
    }

    @Override
    public Result aggregate(
            FederatedMethod method, GlobalState state, Job job, List<ReceivedUpdate> updates, Path workDirectory) {
        if (BaseStart.isDue(state)) {
            return new Result(
                    produce(method, state, job, updates, workDirectory),
                    new Diagnostics(Double.NaN, Collections.emptySortedMap(), Collections.emptySortedMap()));
        }
        PreparedUpdates prepared = PreparedUpdates.of(method, state, job, updates);
        Produced produced = produce(method, state, job, prepared, workDirectory);
        return new Result(produced, diagnose(method, state, prepared.models(), produced));
    }

    /** {@link #aggregate} without the figures about it. */
    public Produced produce(
            FederatedMethod method, GlobalState state, Job job, List<ReceivedUpdate> updates, Path workDirectory) {
        if (BaseStart.isDue(state)) {
            StateFiles files = new StateFiles(workDirectory, state.ref().parts().keySet());
            BaseStart.after(state, Canonical.order(updates), files);
            return files.produced();
        }
        return produce(method, state, job, PreparedUpdates.of(method, state, job, updates), workDirectory);
    }

    @Override
    public Produced aggregate(
            FederatedMethod method,
            GlobalState state,
            Job job,
            List<ReceivedUpdate> updates,
            SumsSource source,
            Path workDirectory) {
        if (BaseStart.isDue(state)) {
            throw new IllegalArgumentException("the first round's values from the base are no sums");
        }
        if (!(method instanceof SumMethod sum)) {
            throw new IllegalArgumentException("method " + method.card().name()
                    + " needs each update by itself; it cannot work on sums that hide them");
        }
        List<ReceivedUpdate> ordered =
                PreparedUpdates.of(method, state, job, updates).updates();
        return produce(sum, state, job, source.of(state, ordered), ordered, workDirectory);
    }

    private static Produced produce(
            FederatedMethod method, GlobalState state, Job job, PreparedUpdates prepared, Path workDirectory) {
        List<ReceivedUpdate> ordered = prepared.updates();
        if (method instanceof SumMethod sum) {
            WeightedSums sums =
                    new WeightedSums(state.config(), ordered, prepared.absences(), ReceivedUpdate::examples);
            return produce(sum, state, job, sums, ordered, workDirectory);
        }
        requireAlike(ordered);
        StateFiles files = new StateFiles(workDirectory, state.ref().parts().keySet());
        ((UpdateMethod) method).after(state, job, ordered, files);
        return files.produced();
    }

    private static Produced produce(
            SumMethod method, GlobalState state, Job job, Sums sums, List<ReceivedUpdate> ordered, Path workDirectory) {
        StateFiles files = new StateFiles(workDirectory, state.ref().parts().keySet());
        Optional<OptimizedSums> optimized =
                ServerOptimizer.of(job).map(optimizer -> new OptimizedSums(optimizer, sums, state));
        method.after(state, job, optimized.<Sums>map(o -> o).orElse(sums), files);
        optimized.ifPresent(o -> o.remember(files));
        ControlVariates.of(job).ifPresent(control -> control.write(state, sums, files));
        if (Legend.isOn(job)) {
            Legend.remember(state, ordered, files);
        }
        return files.produced();
    }

    /** A rule that compares updates, or multiplies their factors, needs the same tensors of all. */
    private static void requireAlike(List<ReceivedUpdate> updates) {
        SortedSet<String> all = new TreeSet<>();
        updates.forEach(update -> all.addAll(update.tensors().layout().names()));
        for (ReceivedUpdate update : updates) {
            for (String tensor : all) {
                if (!update.tensors().layout().names().contains(tensor)) {
                    throw new InvalidUpdateException(update.agent(), tensor + " is missing, which others sent");
                }
            }
        }
    }

    private static Diagnostics diagnose(
            FederatedMethod method, GlobalState state, List<ReceivedUpdate> updates, Produced produced) {
        List<SafetensorsFile> parts = new ArrayList<>();
        try {
            produced.newParts().forEach((name, path) -> {
                if (!StateRef.isBesideModel(name)) {
                    parts.add(SafetensorsFile.open(path));
                }
            });
            Optional<SafetensorsFile> fold = produced.fold().map(SafetensorsFile::open);
            fold.ifPresent(parts::add);
            List<TensorSource> fresh = List.copyOf(parts.subList(0, parts.size() - (fold.isPresent() ? 1 : 0)));
            return RoundDiagnostics.compute(method.card(), state, updates, fresh, fold.map(TensorSource.class::cast));
        } finally {
            parts.forEach(SafetensorsFile::close);
        }
    }

    @Override
    public Map<String, TensorInfo> expectedUpdate(GlobalState state, AgentTerms terms) {
        SortedMap<String, TensorInfo> expected = new TreeMap<>();
        for (TensorInfo info : state.tensors().layout().tensors().values()) {
            TensorName name = TensorName.parse(info.name());
            if (isSent(terms, name.role()) && Legend.trains(terms, name.module())) {
                expected.put(info.name(), atRank(info, name, terms.adapter().rankOf(name.module())));
            }
        }
        return expected;
    }

    private static boolean isSent(AgentTerms terms, TensorRole role) {
        return terms.tensors().stream()
                .filter(t -> t.role() == role)
                .map(TensorTerms::send)
                .anyMatch(send -> send != Send.NOTHING);
    }

    private static TensorInfo atRank(TensorInfo info, TensorName name, int rank) {
        return switch (name.role()) {
            case LORA_A -> TensorInfo.f32(info.name(), rank, info.shape().get(1));
            case LORA_B -> TensorInfo.f32(info.name(), info.shape().get(0), rank);
            case LORA_R -> TensorInfo.f32(info.name(), rank, rank);
            case LORA_H -> TensorInfo.f32(info.name(), rank, info.shape().get(1));
            default -> info;
        };
    }
}
