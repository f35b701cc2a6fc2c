package dev.tributary.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.TensorUnion;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.export.Export;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.StateRef;
import dev.tributary.training.Workload;
import dev.tributary.training.engine.TorchEngine;
import dev.tributary.training.packaged.PackagedModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportedLogitsTest {
    private static final List<String> TEXTS =
            List.of("Good case, excellent value.", "The mic is great.", "Slow, and I would not come back.", "No.");
    private static final BlobRef ANY = new BlobRef("0".repeat(64), 1);

    @TempDir
    private Path directory;

    private final Random random = new Random(5);

    @Test
    void theExportedAdapterOnTheUnmodifiedBaseGivesTheLogitsOfTheFoldedBase() {
        Path model = PackagedModels.resolve("minilm");
        Job.Task task =
                new Job.Task("sequence-classification", List.of("negative", "positive"), "reviews", 128, "mean");
        AdapterConfig config = AdapterConfig.lora(8, 16, List.of("query", "value"));
        try (TorchEngine engine = new TorchEngine(1)) {
            ModelDescriptor descriptor = engine.describe("minilm", model);
            Tensors state = state(descriptor, config);
            List<TensorSource> folds = List.of(fold(descriptor, config, 16), fold(descriptor, config, 5));
            StateRef ref = new StateRef(
                    2, new TreeMap<>(), List.of(new FoldRef(1, ANY), new FoldRef(2, ANY)), new TreeMap<>());
            Export.write(new GlobalState(ref, config, state), folds, descriptor, task, directory);

            float[][] folded = engine.logits(new Workload(model, task, config, folds, "two folds", state), TEXTS);
            float[][] unfolded = engine.logits(new Workload(model, task, config, List.of(), "", state), TEXTS);
            try (PeftDirectory adapter = PeftDirectory.open(directory.resolve("adapter"));
                    SafetensorsFile head = SafetensorsFile.open(directory.resolve("head.safetensors"))) {
                TensorSource exported = TensorUnion.of(List.of(adapter.tensors(), head));
                float[][] reloaded = engine.logits(
                        new Workload(model, task, adapter.config().adapter(), List.of(), "", exported), TEXTS);
                for (int text = 0; text < TEXTS.size(); text++) {
                    assertThat(reloaded[text])
                            .hasSize(2)
                            .usingComparatorWithPrecision(1e-4f)
                            .containsExactly(folded[text]);
                    assertThat((double) unfolded[text][0]).isNotCloseTo(folded[text][0], within(1e-2));
                }
            }
        }
    }

    private Tensors state(ModelDescriptor model, AdapterConfig config) {
        Tensors.Builder tensors = Tensors.builder();
        for (String module : model.select(config.targetModules())) {
            ModelDescriptor.LinearShape shape = model.linearModules().get(module);
            tensors.put(module + ".lora_A.weight", values(8 * shape.in(), 0.05), 8, shape.in());
            tensors.put(module + ".lora_B.weight", values(shape.out() * 8, 0.05), shape.out(), 8);
        }
        tensors.put("classifier.weight", values(2 * model.hiddenSize(), 1), 2, model.hiddenSize());
        tensors.put("classifier.bias", values(2, 1), 2);
        return tensors.build();
    }

    private Tensors fold(ModelDescriptor model, AdapterConfig config, int columns) {
        Tensors.Builder tensors = Tensors.builder();
        for (String module : model.select(config.targetModules())) {
            ModelDescriptor.LinearShape shape = model.linearModules().get(module);
            tensors.put(module + ".fold_P", values(shape.out() * columns, 0.05), shape.out(), columns);
            tensors.put(module + ".fold_Q", values(columns * shape.in(), 0.05), columns, shape.in());
        }
        return tensors.build();
    }

    private float[] values(int count, double scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        return values;
    }
}
