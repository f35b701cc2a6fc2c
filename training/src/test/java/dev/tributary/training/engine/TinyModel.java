package dev.tributary.training.engine;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.optim.SeededRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A model small enough for tests, with a tokenizer of the words w0 … w255 and a task that it can learn. */
final class TinyModel {

    private TinyModel() {}

    /** A copy of a golden model with a tokenizer beside it. */
    static Path copy(String golden, Path into) {
        try {
            Path from = Path.of("src/test/resources/golden").resolve(golden).resolve("model");
            Files.createDirectories(into);
            for (String file : List.of("config.json", "model.safetensors")) {
                Files.copy(from.resolve(file), into.resolve(file));
            }
            Files.writeString(into.resolve("tokenizer.json"), tokenizer(256));
            return into;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static String tokenizer(int words) {
        String vocabulary =
                IntStream.range(0, words).mapToObj(i -> "\"w" + i + "\":" + i).collect(Collectors.joining(","));
        return """
                {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
                 "pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,
                 "model":{"type":"WordLevel","vocab":{%s},"unk_token":"w0"}}""".formatted(vocabulary);
    }

    /** Texts of 2 to 12 words; label 1 where the words 129 to 140 outnumber the words 1 to 12. */
    static Dataset dataset(int size, long seed) {
        SeededRandom random = SeededRandom.of(seed);
        List<Dataset.Example> examples = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int label = random.nextInt(2);
            int length = 2 + random.nextInt(11);
            String text = IntStream.range(0, length)
                    .map(w -> random.nextInt(5) == 0 ? 1 + random.nextInt(255) : 1 + label * 128 + random.nextInt(12))
                    .mapToObj(w -> "w" + w)
                    .collect(Collectors.joining(" "));
            examples.add(new Dataset.Example(text, label));
        }
        return () -> List.copyOf(examples);
    }

    static Job.Task task() {
        return new Job.Task("sequence-classification", List.of("low", "high"), "words", 32, "mean");
    }

    static Job.Training settings(int epochs, double learningRate) {
        return new Job.Training(epochs, 0, 16, 1, learningRate, 5 * learningRate, "adamw", 0.01, 0, 0, "constant", 0);
    }

    /** LoRA on query and value with random A, zero B and a zero head. */
    static Tensors start(ModelDescriptor model, AdapterConfig adapter, long seed) {
        SeededRandom random = SeededRandom.of(seed);
        Tensors.Builder start = Tensors.builder();
        for (String module : model.select(adapter.targetModules())) {
            ModelDescriptor.LinearShape shape =
                    java.util.Objects.requireNonNull(model.linearModules().get(module));
            int rank = adapter.rankOf(module);
            start.put(
                    module + ".lora_A.weight",
                    uniform(random, rank * shape.in(), 1 / Math.sqrt(shape.in())),
                    rank,
                    shape.in());
            start.put(module + ".lora_B.weight", new float[shape.out() * rank], shape.out(), rank);
        }
        start.put("classifier.weight", new float[2 * model.hiddenSize()], 2, model.hiddenSize());
        start.put("classifier.bias", new float[2], 2);
        return start.build();
    }

    static float[] uniform(SeededRandom random, int n, double bound) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (((random.nextLong() >>> 11) * 0x1p-53 * 2 - 1) * bound);
        }
        return values;
    }

    static Workload work(Path model, AdapterConfig adapter, TensorSource start) {
        return new Workload(model, task(), adapter, List.of(), "", start);
    }
}
