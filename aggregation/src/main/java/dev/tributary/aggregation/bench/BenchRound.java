package dev.tributary.aggregation.bench;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.aggregation.Aggregation.Produced;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.Methods;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.StandardAggregation;
import dev.tributary.aggregation.engine.SeededTensors;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobParser;
import dev.tributary.plan.StateRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A global state and K updates of square modules with random fp32 factors, as files; one round of a method on them. */
final class BenchRound implements AutoCloseable {

    private final AdapterConfig config;
    private final GlobalState state;
    private final List<ReceivedUpdate> updates = new ArrayList<>();
    private final List<Path> inputs = new ArrayList<>();
    private final List<SafetensorsFile> open = new ArrayList<>();
    private final Map<String, Job> jobs = new TreeMap<>();
    private final Path work;

    BenchRound(Path directory, int modules, int size, int rank, int agents) {
        config = AdapterConfig.lora(rank, 2.0 * rank, List.of("proj"));
        work = directory.resolve("work");
        List<TensorInfo> infos = new ArrayList<>();
        for (int m = 0; m < modules; m++) {
            infos.add(TensorInfo.f32("layers.%03d.proj.lora_A.weight".formatted(m), rank, size));
            infos.add(TensorInfo.f32("layers.%03d.proj.lora_B.weight".formatted(m), size, rank));
        }
        Layout layout = Layout.of(infos);
        SafetensorsFile before = write(directory.resolve("state.safetensors"), layout, 0);
        Map<String, BlobRef> frozen = Map.of("frozen", new BlobRef("0".repeat(64), 0));
        state = new GlobalState(new StateRef(0, new TreeMap<>(frozen), List.of(), new TreeMap<>()), config, before);
        for (int i = 0; i < agents; i++) {
            Path path = directory.resolve("update-%03d.safetensors".formatted(i));
            inputs.add(path);
            updates.add(new ReceivedUpdate(
                    new AgentId("agent-%03d".formatted(i)), config, 100 + i, 0, write(path, layout, i + 1)));
        }
    }

    private SafetensorsFile write(Path path, Layout layout, long seed) {
        try (SafetensorsWriter writer = new SafetensorsWriter(path, layout, Map.of())) {
            for (TensorInfo info : layout.tensors().values()) {
                SeededTensors random = new SeededTensors(seed, info.name());
                float[] values = new float[Math.toIntExact(info.elements())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (random.nextUniform() - 0.5);
                }
                writer.write(info.name(), values);
            }
        }
        SafetensorsFile file = SafetensorsFile.open(path);
        open.add(file);
        return file;
    }

    List<ReceivedUpdate> updates() {
        return updates;
    }

    List<Path> inputs() {
        return inputs;
    }

    /** Runs the rule once, without the figures about it; gives the files it wrote. */
    List<Path> run(String method) {
        FederatedMethod rule = Methods.find(method)
                .orElseThrow(() ->
                        new IllegalArgumentException("there is no method '" + method + "'; known: " + Methods.names()));
        clear();
        Job job = jobs.computeIfAbsent(method, this::job);
        Produced produced = new StandardAggregation().produce(rule, state, job, updates, work);
        List<Path> files = new ArrayList<>(produced.newParts().values());
        produced.fold().ifPresent(files::add);
        return files;
    }

    private Job job(String method) {
        return JobParser.parse("""
                name: bench
                base-model: none
                task: {type: causal-lm, dataset: none}
                adapter: {rank: %d, alpha: %d, target-modules: [proj]}
                aggregation: {method: %s}
                """.formatted(config.rank(), 2 * config.rank(), method));
    }

    private void clear() {
        if (!Files.exists(work)) {
            return;
        }
        try (Stream<Path> files = Files.walk(work)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clear " + work + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        open.forEach(SafetensorsFile::close);
    }
}
