package dev.tributary.cli.bench;

import dev.tributary.aggregation.bench.AggregationBenchmark;
import dev.tributary.aggregation.bench.AggregationBenchmark.Residual;
import dev.tributary.aggregation.bench.AggregationBenchmark.Throughput;
import dev.tributary.cli.CliException;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tributary bench aggregate}. */
@Command(
        name = "aggregate",
        mixinStandardHelpOptions = true,
        description = {
            "Measures aggregation on random updates in files: fedex on one module against dense matrices, fedavg, fedex"
                    + " and flora on a whole adapter against merely moving the bytes, and the heap they need.",
            "The defaults are one adapter of the size of a 7B model; smaller ones run in seconds."
        })
final class AggregateCommand implements Callable<Integer> {
    private static final List<String> METHODS = List.of("fedavg", "fedex", "flora");

    private final Terminal terminal;

    @Option(names = "--size", defaultValue = "4096", description = "Rows and columns. Default: ${DEFAULT-VALUE}.")
    private int size = 4096;

    @Option(names = "--rank", defaultValue = "16", description = "Rank. Default: ${DEFAULT-VALUE}.")
    private int rank = 16;

    @Option(names = "--modules", defaultValue = "64", description = "Of the adapter. Default: ${DEFAULT-VALUE}.")
    private int modules = 64;

    @Option(names = "--agents", defaultValue = "10", description = "Updates. Default: ${DEFAULT-VALUE}.")
    private int agents = 10;

    @Option(
            names = "--heap-agents",
            split = ",",
            defaultValue = "4,16,64",
            description = "Numbers of updates to measure the heap with, on two modules. Default: ${DEFAULT-VALUE}.")
    private List<Integer> heapAgents = new ArrayList<>();

    @Option(names = "--dir", description = "Where the files go. Default: the system's temporary directory.")
    private @Nullable Path directory;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    AggregateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        LogFile.toConsole();
        for (int value : List.of(size, rank, modules, agents)) {
            if (value < 1) {
                throw new CliException("--size, --rank, --modules and --agents must be ≥ 1");
            }
        }
        if (rank > size || heapAgents.stream().anyMatch(k -> k < 1)) {
            throw new CliException("--rank must be at most --size, and --heap-agents ≥ 1");
        }
        Path scratch = directory == null
                ? Files.createTempDirectory("tributary-bench")
                : Files.createTempDirectory(directory, "tributary-bench");
        try {
            measure(scratch);
        } finally {
            try (Stream<Path> files = Files.walk(scratch)) {
                for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
        return 0;
    }

    private void measure(Path scratch) {
        AggregationBenchmark bench = new AggregationBenchmark(scratch, size, rank);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("size", size);
        values.put("rank", rank);
        values.put("modules", modules);
        say("%d x %d modules, rank %d, fp32 on disk, medians of 5", size, size, rank);
        Residual residual = bench.residual(agents);
        values.put("residual", residual);
        values.put("residualSpeedup", residual.speedup());
        say(
                "fedex, 1 module, %d updates: %.1f ms with its files, dense on ND4J %.1f ms, ratio %.1f; allocated %.1f MB"
                        + " in all",
                agents,
                residual.fedexSeconds() * 1e3,
                residual.denseSeconds() * 1e3,
                residual.speedup(),
                residual.allocatedBytes() / 1e6);
        List<Object> throughputs = new ArrayList<>();
        for (String method : METHODS) {
            Throughput t = bench.throughput(method, modules, agents);
            throughputs.add(t);
            say(
                    "%-6s %d modules, %d updates: %.0f MB in, %.0f MB out, %.2f s; moving the bytes %.2f s; share %.2f",
                    method,
                    modules,
                    agents,
                    t.bytesIn() / 1e6,
                    t.bytesOut() / 1e6,
                    t.seconds(),
                    t.copySeconds(),
                    t.shareOfCopying());
        }
        values.put("throughput", throughputs);
        Map<String, Map<Integer, Long>> heap = new LinkedHashMap<>();
        for (String method : METHODS) {
            Map<Integer, Long> growth = new LinkedHashMap<>();
            heapAgents.forEach(k -> growth.put(k, bench.heapGrowth(method, 2, k)));
            heap.put(method, growth);
            say("%-6s heap growth in MB by number of updates: %s", method, megabytes(growth));
        }
        values.put("heapGrowthBytes", heap);
        if (json) {
            terminal.out().println(Json.write(values));
        }
    }

    private static String megabytes(Map<Integer, Long> growth) {
        List<String> texts = new ArrayList<>();
        growth.forEach((k, bytes) -> texts.add(String.format(Locale.ROOT, "%d: %.1f", k, bytes / 1e6)));
        return String.join(", ", texts);
    }

    private void say(String format, Object... values) {
        (json ? terminal.err() : terminal.out()).println(String.format(Locale.ROOT, format, values));
    }
}
