package dev.tributary.coordinator.broker;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.TensorUnion;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.Aggregation.Produced;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.Methods;
import dev.tributary.aggregation.Plans;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.StandardAggregation;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.plan.JobParser;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.Update;
import dev.tributary.protocol.blob.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one agent sends in the first round of a method, random values on 16 modules of one shape, and what is new of the
 * state after it.
 */
record MethodRound(Path update, Update answer, List<Path> newParts) {

    private static final int MODULES = 16;

    static MethodRound of(String method, LinearShape shape, int rank, AgentId agent, Path directory)
            throws IOException {
        SortedMap<String, LinearShape> modules = new TreeMap<>();
        for (int i = 0; i < MODULES; i++) {
            modules.put("layers.%02d.proj".formatted(i), shape);
        }
        ModelDescriptor model = new ModelDescriptor("model", "Test", "00", "00", modules, shape.in(), 64);
        Job job = JobParser.parse("""
                name: bytes
                base-model: model
                task: {type: causal-lm, dataset: texts}
                adapter: {rank: %d, alpha: %d, target-modules: [proj]}
                aggregation: {method: %s}
                """.formatted(rank, rank, method));
        FederatedMethod rule = Methods.find(method).orElseThrow();
        StandardAggregation aggregation = new StandardAggregation();
        GlobalState state =
                open(aggregation.initial(rule, job, model, directory.resolve("initial")), rule.adapter(job));
        AgentProfile profile = new AgentProfile(agent, "test", "cpu", 1L << 30, rank, 0, List.of(), List.of());
        AgentTerms terms = Objects.requireNonNull(
                Plans.training(rule, state, job, List.of(profile)).get(agent));
        Layout layout =
                Layout.of(List.copyOf(aggregation.expectedUpdate(state, terms).values()));
        Path update = directory.resolve("update.safetensors");
        write(update, layout);
        try (SafetensorsFile tensors = SafetensorsFile.open(update)) {
            ReceivedUpdate received = new ReceivedUpdate(agent, terms.adapter(), 100, 1, tensors);
            Produced next = aggregation.produce(rule, state, job, List.of(received), directory.resolve("next"));
            Metrics figures = new Metrics(100, new TreeMap<>(Map.of("loss", 0.4)));
            Update answer = new Update(
                    "r1a1-" + agent,
                    new JobId("bytes-1"),
                    1,
                    1,
                    agent,
                    Sha256.of(update),
                    layout.hash(),
                    0,
                    0,
                    100,
                    figures,
                    0);
            return new MethodRound(update, answer, List.copyOf(next.newParts().values()));
        }
    }

    private static GlobalState open(Produced produced, AdapterConfig adapter) throws IOException {
        List<TensorSource> parts = produced.newParts().values().stream()
                .<TensorSource>map(SafetensorsFile::open)
                .toList();
        SortedMap<String, BlobRef> refs = new TreeMap<>();
        for (Map.Entry<String, Path> part : produced.newParts().entrySet()) {
            refs.put(part.getKey(), Sha256.of(part.getValue()));
        }
        return new GlobalState(
                new StateRef(0, refs, List.of(), produced.methodState()), adapter, TensorUnion.of(parts));
    }

    private static void write(Path path, Layout layout) {
        Random random = new Random(1);
        try (SafetensorsWriter writer = new SafetensorsWriter(path, layout, Map.of())) {
            for (TensorInfo info : layout.tensors().values()) {
                float[] values = new float[Math.toIntExact(info.elements())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextFloat() - 0.5f;
                }
                writer.write(info.name(), values);
            }
        }
    }
}
