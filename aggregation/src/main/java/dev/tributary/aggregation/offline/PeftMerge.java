package dev.tributary.aggregation.offline;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.PeftConfig;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.TensorUnion;
import dev.tributary.aggregation.Aggregation.Produced;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.Methods;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.StandardAggregation;
import dev.tributary.aggregation.export.Export;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.Problem;
import dev.tributary.plan.StateRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One round of a method over adapters in PEFT directories, as if each were an agent's update: B = 0 before the round. What
 * the method would fold into the base becomes extra rank of the adapter that is written.
 */
public final class PeftMerge {

    /** States here are in memory; nothing is looked up by its hash. */
    private static final BlobRef NOWHERE = new BlobRef("0".repeat(64), 0);

    private final FederatedMethod method;
    private final Map<String, String> options;

    /**
     * @param options of the method, as under {@code aggregation} in a job
     * @throws IllegalArgumentException if there is no such method, or it is not one that combines whole adapters
     */
    public PeftMerge(String method, Map<String, String> options) {
        this.method = Methods.find(method)
                .orElseThrow(() ->
                        new IllegalArgumentException("there is no method '" + method + "'; known: " + Methods.names()));
        this.options = Map.copyOf(options);
    }

    /**
     * What was written.
     *
     * @param rank largest rank of a module
     * @param relativeError ‖written − Σ wᵢsᵢBᵢAᵢ‖_F / ‖Σ wᵢsᵢBᵢAᵢ‖_F over all modules
     */
    public record Merged(int adapters, int modules, int rank, double relativeError) {}

    /**
     * @param weights one per directory, positive
     * @param largestRank cut modules of higher rank to it by SVD; 0 for none
     * @param work an empty directory for files in between
     * @throws IllegalArgumentException if the adapters do not fit together or the method does not fit them
     */
    public Merged merge(List<Path> directories, List<Long> weights, Path out, int largestRank, Path work) {
        if (directories.size() != weights.size()) {
            throw new IllegalArgumentException(
                    directories.size() + " directories need as many weights, got " + weights.size());
        }
        List<PeftDirectory> open = new ArrayList<>();
        try {
            directories.forEach(directory -> open.add(PeftDirectory.open(directory)));
            OfflineRound round = OfflineRound.of(directories, open);
            round.requireWhole(method, options);
            Job job = round.job(method, options);
            List<Problem> problems = method.check(job, round.model());
            if (!problems.isEmpty()) {
                Problem first = problems.get(0);
                throw new IllegalArgumentException(first.field() + ": " + first.message() + ". " + first.fix());
            }
            if (!method.card().heterogeneousRanks()) {
                round.requireEqualRanks(directories, method.card().name());
            }
            List<ReceivedUpdate> updates = new ArrayList<>();
            for (int i = 0; i < open.size(); i++) {
                updates.add(new ReceivedUpdate(
                        new AgentId("adapter-%06d".formatted(i)),
                        round.config(i),
                        weights.get(i),
                        0,
                        open.get(i).tensors()));
            }
            GlobalState before = new GlobalState(
                    new StateRef(0, new TreeMap<>(Map.of("frozen", NOWHERE)), List.of(), new TreeMap<>()),
                    round.global(),
                    round.zeros());
            Produced produced = new StandardAggregation().produce(method, before, job, updates, work);
            return write(produced, round, updates, open.get(0).config(), out, largestRank);
        } finally {
            open.forEach(PeftDirectory::close);
        }
    }

    private static Merged write(
            Produced produced,
            OfflineRound round,
            List<ReceivedUpdate> updates,
            PeftConfig like,
            Path out,
            int largestRank) {
        List<SafetensorsFile> files = new ArrayList<>();
        try {
            produced.newParts().values().forEach(path -> files.add(SafetensorsFile.open(path)));
            List<TensorSource> parts = new ArrayList<>(files);
            if (!produced.keptParts().isEmpty()) {
                parts.add(round.zeros());
            }
            List<TensorSource> folds = new ArrayList<>();
            List<FoldRef> refs = new ArrayList<>();
            produced.fold().ifPresent(path -> {
                files.add(SafetensorsFile.open(path));
                folds.add(files.get(files.size() - 1));
                refs.add(new FoldRef(1, NOWHERE));
            });
            TensorSource tensors = TensorUnion.of(parts);
            GlobalState after =
                    new GlobalState(new StateRef(1, new TreeMap<>(), refs, new TreeMap<>()), round.global(), tensors);
            Export.Stacked stacked = Export.stacked(after, folds, largestRank);
            AdapterConfig config =
                    OfflineRound.named(stacked.config(), like.adapter().targetModules());
            PeftDirectory.write(
                    out,
                    new PeftConfig(config, like.baseModel(), like.taskType(), like.fanInFanOut()),
                    stacked.tensors());
            return new Merged(
                    updates.size(),
                    round.modules().size(),
                    stacked.rank(),
                    MergeError.of(round.modules(), updates, stacked.config(), stacked.tensors()));
        } finally {
            files.forEach(SafetensorsFile::close);
        }
    }
}
