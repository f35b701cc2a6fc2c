package dev.tributary.aggregation.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.SlicedTensors;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.TensorUnion;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.Aggregation;
import dev.tributary.aggregation.Aggregation.Produced;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.Plans;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.StandardAggregation;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.plan.Plan;
import dev.tributary.plan.RankSelection;
import dev.tributary.plan.StateRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A small job run by hand: states on disk, updates made up from a seed. */
public final class Federation {

    public static final SortedMap<String, LinearShape> SHAPES = new TreeMap<>(Map.of(
            "layer.0.query", new LinearShape(12, 20),
            "layer.0.value", new LinearShape(7, 20),
            "layer.1.query", new LinearShape(31, 5),
            "layer.1.value", new LinearShape(16, 16)));

    private static final Set<String> STARTS = Set.of(AgentOperations.START_FROM_BASE, AgentOperations.START_FROM_STEP);

    public final FederatedMethod method;
    public final Job job;
    public final ModelDescriptor model;
    private final Path directory;
    private final Aggregation aggregation = new StandardAggregation();
    private int files;

    public Federation(FederatedMethod method, AdapterConfig adapter, Map<String, String> options, Path directory) {
        this(method, adapter, options, "fp32", directory);
    }

    public Federation(
            FederatedMethod method, AdapterConfig adapter, Map<String, String> options, String dtype, Path directory) {
        this.method = method;
        this.job = job(method.card().name(), adapter, options, dtype);
        this.model = model();
        this.directory = directory;
    }

    public static ModelDescriptor model() {
        return new ModelDescriptor("tiny", "BertModel", "00", "00", SHAPES, 10, 64);
    }

    public static AdapterConfig lora(int rank) {
        return AdapterConfig.lora(rank, 2 * rank, List.of("query", "value"));
    }

    public static Job job(String method, AdapterConfig adapter, Map<String, String> options, String dtype) {
        return new Job(
                "test",
                "tiny",
                new Job.Task("sequence-classification", List.of("no", "yes"), "reviews", 64, "mean"),
                adapter,
                new Job.Training(1, 0, 8, 1, 1e-3, 5e-3, "adamw", 0, 0, 0, "constant", 0),
                new Job.Aggregation(method, new TreeMap<>(options)),
                3,
                "last",
                new Job.CohortRules(1, 2, Duration.ofMinutes(1), false),
                new Job.Upload(dtype),
                new Job.Privacy("none"),
                7);
    }

    public static AgentId agent(int index) {
        return new AgentId("agent-%03d".formatted(index));
    }

    public static AgentProfile profile(AgentId id, int maxRank) {
        return new AgentProfile(id, "test", "cpu", 1L << 30, maxRank, 0, List.of(), List.of());
    }

    public static LinearShape shape(String module) {
        return Objects.requireNonNull(SHAPES.get(module));
    }

    public GlobalState initial() {
        return open(null, aggregation.initial(method, job, model, next()));
    }

    /** Terms of a cohort of {@code agents} agents; agent i allows rank {@code maxRanks[i % n]}. */
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, int agents) {
        List<AgentProfile> cohort = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            cohort.add(profile(agent(i), maxRanks[i % maxRanks.length]));
        }
        return Plans.training(method, state, job, cohort);
    }

    public int[] maxRanks = {1 << 20};

    /** One update per agent, every sent tensor moved by normal noise; agent i has 10 + 7i examples. */
    public List<ReceivedUpdate> updates(GlobalState state, int agents, long seed) {
        List<ReceivedUpdate> updates = new ArrayList<>();
        for (Map.Entry<AgentId, AgentTerms> plan : plans(state, agents).entrySet()) {
            int index = updates.size();
            Random random = new Random(seed * 1000 + index);
            updates.add(new ReceivedUpdate(
                    plan.getKey(),
                    plan.getValue().adapter(),
                    10 + 7L * index,
                    0,
                    values(state, plan.getValue(), random)));
        }
        return weighted(updates);
    }

    private Tensors values(GlobalState state, AgentTerms terms, Random random) {
        if (terms.operations().stream().anyMatch(o -> STARTS.contains(o.name()))) {
            return ofBase(aggregation.expectedUpdate(state, terms).values());
        }
        TensorSource start = start(state, terms);
        Tensors.Builder builder = Tensors.builder();
        for (TensorInfo info : aggregation.expectedUpdate(state, terms).values()) {
            boolean given = start.layout().get(info.name()).shape().equals(info.shape());
            float[] values = given ? start.read(info.name()) : new float[Math.toIntExact(info.elements())];
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (0.1 * random.nextGaussian());
            }
            builder.put(info, values);
        }
        return builder.build();
    }

    /** What every agent computes from the base: positive values that depend on the tensor alone. */
    private static Tensors ofBase(Collection<TensorInfo> tensors) {
        Tensors.Builder builder = Tensors.builder();
        for (TensorInfo info : tensors) {
            Random random = new Random(info.name().hashCode());
            float[] values = new float[Math.toIntExact(info.elements())];
            for (int i = 0; i < values.length; i++) {
                values[i] = 0.1f + random.nextFloat();
            }
            builder.put(info, values);
        }
        return builder.build();
    }

    /** What an agent starts from: the state, cut to the ranks that the plan selects. */
    public static TensorSource start(GlobalState state, AgentTerms terms) {
        for (Plan.Operation operation : terms.operations()) {
            if (operation.name().equals(AgentOperations.SELECT_RANKS)) {
                return new SlicedTensors(state.tensors(), module -> {
                    int rank = state.config().rankOf(module);
                    int count = terms.adapter().rankOf(module);
                    String seed = operation.parameters().get(AgentOperations.SEED);
                    return seed == null
                            ? RankSelection.prefix(rank, count)
                            : RankSelection.random(Long.parseLong(seed), module, rank, count);
                });
            }
        }
        return state.tensors();
    }

    /** The same updates with weights from their examples. */
    public static List<ReceivedUpdate> weighted(List<ReceivedUpdate> updates) {
        double total = updates.stream().mapToLong(ReceivedUpdate::examples).sum();
        return updates.stream()
                .map(u -> new ReceivedUpdate(u.agent(), u.config(), u.examples(), u.examples() / total, u.tensors()))
                .toList();
    }

    public Aggregation.Result aggregate(GlobalState state, List<ReceivedUpdate> updates) {
        return aggregation.aggregate(method, state, job, updates, next());
    }

    /** The state after a first round of three agents. */
    public GlobalState trained() {
        GlobalState initial = initial();
        return after(initial, updates(initial, 3, 1));
    }

    /** Aggregates and opens what came out. */
    public GlobalState after(GlobalState state, List<ReceivedUpdate> updates) {
        return open(state, aggregate(state, updates).produced());
    }

    /** The state that {@code produced} makes of {@code before}, read back from its files. */
    public GlobalState open(@Nullable GlobalState before, Produced produced) {
        SortedMap<String, BlobRef> parts = new TreeMap<>();
        List<TensorSource> sources = new ArrayList<>();
        List<TensorSource> memory = new ArrayList<>();
        produced.newParts().forEach((name, path) -> {
            parts.put(name, blob(path));
            (StateRef.isBesideModel(name) ? memory : sources).add(SafetensorsFile.open(path));
        });
        for (String name : produced.keptParts()) {
            BlobRef ref = Objects.requireNonNull(
                    Objects.requireNonNull(before).ref().parts().get(name));
            parts.put(name, ref);
            sources.add(stored(ref));
        }
        List<FoldRef> folds =
                new ArrayList<>(before == null ? List.of() : before.ref().folds());
        produced.fold().ifPresent(path -> folds.add(new FoldRef(folds.size() + 1, blob(path))));
        int version = before == null ? 0 : before.ref().version() + 1;
        return new GlobalState(
                new StateRef(version, parts, folds, produced.methodState()),
                job.adapter(),
                TensorUnion.of(sources),
                TensorUnion.of(memory));
    }

    private static final Map<String, Path> STORED = new java.util.concurrent.ConcurrentHashMap<>();

    private TensorSource stored(BlobRef ref) {
        return SafetensorsFile.open(Objects.requireNonNull(STORED.get(ref.sha256())));
    }

    /** The folds of a state, open. */
    public List<TensorSource> folds(GlobalState state) {
        return state.ref().folds().stream().map(fold -> stored(fold.blob())).toList();
    }

    /** What the model at a state adds to the unmodified base, by module. */
    public Map<String, double[][]> model(GlobalState state) {
        SortedMap<String, double[][]> model = new TreeMap<>();
        SHAPES.keySet().forEach(module -> model.put(module, Oracle.delta(state, folds(state), module)));
        return model;
    }

    public void assertSameModel(GlobalState found, GlobalState wanted) {
        Map<String, double[][]> model = model(found);
        model(wanted)
                .forEach((module, delta) -> assertThat(Dense.distance(Objects.requireNonNull(model.get(module)), delta))
                        .as(module)
                        .isLessThan(1e-5));
    }

    /** An update's tensors with values that {@code change} makes of each tensor's name and values. */
    public static Tensors changed(ReceivedUpdate update, BiFunction<String, float[], float[]> change) {
        Tensors.Builder builder = Tensors.builder();
        update.tensors()
                .layout()
                .tensors()
                .forEach((name, info) ->
                        builder.put(info, change.apply(name, update.tensors().read(name))));
        return builder.build();
    }

    private BlobRef blob(Path path) {
        String sha256 = sha256(path);
        STORED.put(sha256, path);
        try {
            return new BlobRef(sha256, Files.size(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String sha256(Path path) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path)));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Path next() {
        return directory.resolve("work-" + files++);
    }

    /** Whether {@code tensor} is a LoRA factor or core, not part of a head. */
    public static boolean isFactor(String tensor) {
        TensorRole role = TensorName.parse(tensor).role();
        return role != TensorRole.WEIGHT && role != TensorRole.BIAS;
    }
}
