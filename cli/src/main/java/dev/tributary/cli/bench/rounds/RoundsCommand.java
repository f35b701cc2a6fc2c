package dev.tributary.cli.bench.rounds;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tributary bench rounds}. */
@Command(
        name = "rounds",
        mixinStandardHelpOptions = true,
        description = {
            "Times whole rounds without training: coordinator, broker, agents over sockets, everything on disk.",
            "Every agent's update and the global adapter differ in every byte range in every round. Then plain Kafka"
                    + " clients move the same bytes over the same broker, for comparison."
        })
public final class RoundsCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--agents", defaultValue = "8", description = "Default: ${DEFAULT-VALUE}.")
    private int agents = 8;

    @Option(
            names = "--size",
            defaultValue = "1MB",
            converter = ByteSize.class,
            description = "Bytes of one adapter in fp32. Default: ${DEFAULT-VALUE}.")
    private long size = 1_000_000;

    @Option(names = "--rounds", defaultValue = "20", description = "Measured rounds. Default: ${DEFAULT-VALUE}.")
    private int rounds = 20;

    @Option(names = "--warmup", defaultValue = "5", description = "Rounds before. Default: ${DEFAULT-VALUE}.")
    private int warmup = 5;

    @Option(names = "--method", defaultValue = "fedavg", description = "Default: ${DEFAULT-VALUE}.")
    private String method = "fedavg";

    @Option(
            names = "--no-bare-kafka",
            description = "Leave the comparison with plain Kafka clients out; with --secure that with open rounds.")
    private boolean withoutBare;

    @Option(
            names = "--secure",
            description = "Enrol the agents, connect by certificates, seal everything; compares with the same rounds"
                    + " without that, run first, in place of plain Kafka clients.")
    private boolean secure;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public RoundsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LogFile.toConsole();
        within("--agents", agents, 1, 1000);
        within("--rounds", rounds, 1, 10_000);
        within("--warmup", warmup, 0, 10_000);
        within("--size", size, 4096, 1_000_000_000);
        NoOpModel model = NoOpModel.ofAdapterBytes(size);
        Path scratch = Files.createTempDirectory("tributary-bench");
        try {
            Optional<RoundsBenchmark.Result> open = secure && !withoutBare
                    ? Optional.of(benchmark(model, false).run(scratch.resolve("open"), false))
                    : Optional.empty();
            print(model, benchmark(model, secure).run(scratch.resolve("measured"), !withoutBare), open);
        } finally {
            delete(scratch);
        }
        return 0;
    }

    private RoundsBenchmark benchmark(NoOpModel model, boolean sealed) {
        return new RoundsBenchmark(agents, model, method, rounds, warmup, sealed, terminal.err()::println);
    }

    static void within(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new CliException(option + " must be " + least + " to " + most + ", was " + value);
        }
    }

    /** @param open the same rounds without certificates and seals */
    private void print(NoOpModel model, RoundsBenchmark.Result result, Optional<RoundsBenchmark.Result> open) {
        Quantiles round = Quantiles.of(result.seconds());
        Map<String, Object> values = new TreeMap<>();
        values.put("agents", agents);
        values.put("adapterBytes", model.adapterBytes());
        values.put("method", method);
        values.put("rounds", rounds);
        values.put("secure", secure);
        values.put("p50Seconds", round.p50());
        values.put("p90Seconds", round.p90());
        values.put("maxSeconds", round.max());
        values.put("trainP50Seconds", Quantiles.of(result.trainSeconds()).p50());
        values.put(
                "aggregateP50Seconds", Quantiles.of(result.aggregateSeconds()).p50());
        values.put("publishP50Seconds", Quantiles.of(result.publishSeconds()).p50());
        values.put("processorSecondsPerRound", result.processorSeconds());
        values.put("bytesUpPerRound", result.bytesUp());
        values.put("bytesDownPerRound", result.bytesDown());
        put(values, "coordinatorPeakRssBytes", result.coordinatorPeakRss());
        put(values, "agentsPeakRssBytes", result.agentsPeakRss());
        result.diskBefore().forEach((entry, bytes) -> values.put("diskBefore." + entry, bytes));
        result.diskAfter().forEach((entry, bytes) -> values.put("diskAfter." + entry, bytes));
        values.put("logBytesPerAgentAndRound", (double) result.logBytes() / agents / (warmup + rounds + 1));
        if (!result.bareSeconds().isEmpty()) {
            Quantiles bare = Quantiles.of(result.bareSeconds());
            values.put("bareKafkaP50Seconds", bare.p50());
            values.put("bareKafkaP90Seconds", bare.p90());
            values.put("ratioToBareKafka", round.p50() / bare.p50());
            values.put("bareKafkaProcessorSecondsPerRound", result.bareProcessorSeconds());
            values.put("processorRatioToBareKafka", result.processorSeconds() / result.bareProcessorSeconds());
        }
        open.ifPresent(plain -> {
            Quantiles seconds = Quantiles.of(plain.seconds());
            values.put("openP50Seconds", seconds.p50());
            values.put("openP90Seconds", seconds.p90());
            values.put("openProcessorSecondsPerRound", plain.processorSeconds());
            values.put("ratioToOpen", round.p50() / seconds.p50());
            values.put("processorRatioToOpen", result.processorSeconds() / plain.processorSeconds());
        });
        if (json) {
            terminal.out().println(Json.write(values));
        } else {
            table(model, values);
        }
    }

    private static void put(Map<String, Object> values, String name, OptionalLong value) {
        value.ifPresent(present -> values.put(name, present));
    }

    private void table(NoOpModel model, Map<String, Object> values) {
        terminal.out()
                .println(String.format(
                        Locale.ROOT,
                        "%d agents, %.1f MB adapters, %s, %d rounds:",
                        agents,
                        model.adapterBytes() / 1e6,
                        method,
                        rounds));
        values.forEach((name, value) -> {
            if (value instanceof Double figure) {
                terminal.out().println(String.format(Locale.ROOT, "  %-33s %10.3f", name, figure));
            } else if (value instanceof Long bytes) {
                terminal.out().println(String.format(Locale.ROOT, "  %-33s %10.1f MB", name, bytes / 1e6));
            }
        });
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
