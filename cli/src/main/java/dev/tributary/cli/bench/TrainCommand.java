package dev.tributary.cli.bench;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import dev.tributary.training.bench.StepBenchmark;
import dev.tributary.training.bench.StepShape;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Gpus;
import dev.tributary.training.model.NativeRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tributary bench train}. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Times LoRA training steps on a model of random weights: forward, backward and AdamW, as an agent runs them.",
            "Shapes: minilm (6 layers, hidden 384, batch 8, length 128, LoRA on query and value), llama (4 layers,"
                    + " hidden 512, batch 4, length 256, LoRA on all linear modules) and, for GPUs, llama-1b (16 layers,"
                    + " hidden 2048, batch 4, length 1024, LoRA on q and v)."
        })
final class TrainCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--shape",
            defaultValue = "minilm",
            description = "minilm, llama or llama-1b. Default: ${DEFAULT-VALUE}.")
    private String shape = "minilm";

    @Option(names = "--threads", defaultValue = "1", description = "Processor threads. Default: ${DEFAULT-VALUE}.")
    private int threads = 1;

    @Option(names = "--steps", defaultValue = "20", description = "Measured steps. Default: ${DEFAULT-VALUE}.")
    private int steps = 20;

    @Option(names = "--warmup", defaultValue = "5", description = "Steps before. Default: ${DEFAULT-VALUE}.")
    private int warmup = 5;

    @Option(names = "--batch", description = "Sequences per step. Default: the shape's.")
    private @Nullable Integer batch;

    @Option(names = "--length", description = "Tokens per sequence. Default: the shape's.")
    private @Nullable Integer length;

    @Option(
            names = "--trainers",
            defaultValue = "1",
            description = "Trainers at the same time over one frozen base, each with --threads, as several agents of"
                    + " one process. Times are the first one's. Default: ${DEFAULT-VALUE}.")
    private int trainers = 1;

    @Option(
            names = "--private",
            description = "Clip the gradients of single examples and add noise, as privacy.unit: example does.")
    private boolean privately;

    @Option(
            names = "--device",
            defaultValue = "cpu",
            description = "cpu, cuda, cuda:N, or cuda:N,M to split every batch over GPUs. Default: ${DEFAULT-VALUE}.")
    private String device = "cpu";

    @Option(
            names = "--dtype",
            defaultValue = "fp32",
            description = "Element type of the base, fp32 or bf16. Default: ${DEFAULT-VALUE}.")
    private String dtype = "fp32";

    @Option(names = "--deterministic", description = "On a GPU, only algorithms that always give the same bytes.")
    private boolean deterministic;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    TrainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LogFile.toConsole();
        positive("--threads", threads);
        positive("--steps", steps);
        positive("--warmup", warmup);
        positive("--trainers", trainers);
        StepShape measured = shape();
        List<Device> chosen = Gpus.chooseAll(device); // says what is missing before libtorch is loaded
        NativeRuntime.setDeterministic(deterministic);
        Path scratch = Files.createTempDirectory("tributary-bench");
        try {
            print(new StepBenchmark(measured, threads, privately, chosen, dtype, trainers).run(scratch, warmup, steps));
        } finally {
            delete(scratch);
        }
        return 0;
    }

    private StepShape shape() {
        StepShape named;
        try {
            named = StepShape.named(shape);
        } catch (IllegalArgumentException e) {
            throw new CliException("--shape: " + e.getMessage());
        }
        int sequences = batch == null ? named.batch() : batch;
        int tokens = length == null ? named.length() : length;
        positive("--batch", sequences);
        if (tokens < 2 || tokens > named.positions()) {
            throw new CliException("--length must be 2 to " + named.positions() + ", was " + tokens);
        }
        return named.withBatch(sequences, tokens);
    }

    private static void positive(String option, int value) {
        if (value < 1) {
            throw new CliException(option + " must be ≥ 1, was " + value);
        }
    }

    private void print(StepBenchmark.Result result) {
        double wall = result.medianWallSeconds();
        double cpu = result.medianCpuSeconds();
        double floor = result.shape().linearFlops() / wall / 1e9;
        if (json) {
            TreeMap<String, Object> values = new TreeMap<>();
            values.put("shape", result.shape().name());
            values.put("batch", result.shape().batch());
            values.put("length", result.shape().length());
            values.put("threads", result.threads());
            values.put("trainers", trainers);
            values.put("steps", result.wallSeconds().length);
            values.put("wallSeconds", wall);
            values.put("cpuSeconds", cpu);
            values.put("tokensPerSecond", result.tokensPerSecond());
            values.put("linearGigaflops", floor);
            values.put("private", privately);
            values.put("device", device);
            values.put("dtype", dtype);
            values.put("deterministic", deterministic);
            values.put("peakDeviceBytes", result.peakDeviceBytes());
            result.residentWarm().ifPresent(bytes -> values.put("residentWarmBytes", bytes));
            result.residentEnd().ifPresent(bytes -> values.put("residentEndBytes", bytes));
            if (Double.isFinite(result.loss())) {
                values.put("loss", result.loss());
            }
            terminal.out().println(Json.write(values));
            return;
        }
        terminal.out()
                .println(String.format(
                        Locale.ROOT,
                        "%s, %d × %d tokens, %d thread%s, median of %d steps:",
                        result.shape().name(),
                        result.shape().batch(),
                        result.shape().length(),
                        result.threads(),
                        result.threads() == 1 ? "" : "s",
                        result.wallSeconds().length));
        terminal.out().println(String.format(Locale.ROOT, "  wall time          %8.1f ms", wall * 1e3));
        terminal.out()
                .println(String.format(Locale.ROOT, "  training thread    %8.1f ms of processor time", cpu * 1e3));
        terminal.out()
                .println(String.format(Locale.ROOT, "  tokens             %8.0f per second", result.tokensPerSecond()));
        terminal.out()
                .println(String.format(
                        Locale.ROOT, "  frozen modules     %8.1f GFLOP/s, as if nothing else took time", floor));
        if (result.residentWarm().isPresent() && result.residentEnd().isPresent()) {
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "  resident memory    %8.0f MB warmed up, %.0f MB at the end",
                            result.residentWarm().getAsLong() / 1e6,
                            result.residentEnd().getAsLong() / 1e6));
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
