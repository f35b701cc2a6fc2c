package dev.tributary.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.packaged.PackagedModels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory after many steps is what it was after a few. */
@Tag("slow")
class SoakIT {

    private static final Path STATUS = Path.of("/proc/self/status");

    @Test
    void memoryDoesNotGrowOverFiveHundredSteps() {
        assumeTrue(Files.exists(STATUS), "resident memory is read from /proc");
        Path model = PackagedModels.resolve("minilm");
        AdapterConfig lora = AdapterConfig.lora(8, 16, List.of("query", "value"));
        List<Long> resident = new ArrayList<>();
        try (TorchEngine engine = new TorchEngine(1)) {
            ModelDescriptor descriptor = engine.describe("minilm", model);
            Tensors start = TinyModel.start(descriptor, lora, 1);
            Job.Task task = new Job.Task("sequence-classification", List.of("low", "high"), "words", 64, "mean");
            Job.Training settings = new Job.Training(1, 500, 4, 1, 1e-3, 1e-3, "adamw", 0.01, 0, 0, "constant", 0);
            engine.train(
                    new Workload(model, task, lora, List.of(), "", start),
                    start.layout().names(),
                    settings,
                    1,
                    texts(),
                    (done, total) -> {
                        if (done == 50 || done == total) {
                            resident.add(nativeKilobytes());
                        }
                    });
        }
        System.out.println("resident memory beside the Java heap at steps 50 and 500, kB: " + resident);
        assertThat(resident.get(1)).isLessThan(resident.get(0) + 50_000);
    }

    /** Texts of 1 to 40 words. */
    private static Dataset texts() {
        List<Dataset.Example> examples = IntStream.range(0, 64)
                .mapToObj(i -> new Dataset.Example(
                        IntStream.rangeClosed(0, i % 40)
                                .mapToObj(w -> w % 2 == i % 2 ? "good" : "bad")
                                .collect(Collectors.joining(" ")),
                        i % 2))
                .toList();
        return () -> examples;
    }

    /** Resident memory without what the JVM has committed for itself, whose growth is the collector's choice. */
    private static long nativeKilobytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long own = memory.getHeapMemoryUsage().getCommitted()
                + memory.getNonHeapMemoryUsage().getCommitted();
        try {
            return -own / 1024
                    + Files.readAllLines(STATUS).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                            .findFirst()
                            .orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
