package dev.tributary.cli.bench.rounds;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tributary bench enrol}. */
@Command(
        name = "enrol",
        mixinStandardHelpOptions = true,
        description = {
            "Times how agents come into a federation: from the token to the certificate, and to the coordinator's knowing"
                    + " them by their first message over the broker.",
            "Then seals and signs a large file, on one thread."
        })
public final class EnrolCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--agents", defaultValue = "10", description = "One after the other. Default: ${DEFAULT-VALUE}.")
    private int agents = 10;

    @Option(
            names = "--size",
            defaultValue = "64MB",
            converter = ByteSize.class,
            description = "Bytes of the file. Default: ${DEFAULT-VALUE}.")
    private long size = 64_000_000;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public EnrolCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LogFile.toConsole();
        RoundsCommand.within("--agents", agents, 1, 1000);
        RoundsCommand.within("--size", size, 4096, 1_000_000_000);
        Path scratch = Files.createTempDirectory("tributary-bench");
        try {
            EnrolBenchmark.Result result = new EnrolBenchmark(agents, terminal.err()::println).run(scratch);
            print(result, SealBenchmark.run(scratch, size));
        } finally {
            RoundsCommand.delete(scratch);
        }
        return 0;
    }

    private void print(EnrolBenchmark.Result result, SealBenchmark.Result seal) {
        if (result.heard().isEmpty()) {
            throw new CliException("no agent was enrolled");
        }
        TreeMap<String, Object> values = new TreeMap<>();
        values.put("agents", agents);
        values.put("firstEnrolSeconds", result.enrolled().get(0));
        values.put("firstHeardSeconds", result.heard().get(0));
        values.put("enrolP50Seconds", Quantiles.of(result.enrolled()).p50());
        values.put("heardP50Seconds", Quantiles.of(result.heard()).p50());
        values.put("heardMaxSeconds", Quantiles.of(result.heard()).max());
        values.put("sealedBytes", size);
        values.put("sealP50Seconds", Quantiles.of(seal.sealed()).p50());
        values.put("hashAndSignP50Seconds", Quantiles.of(seal.signed()).p50());
        values.put("sealHashAndSignP50Seconds", Quantiles.of(seal.both()).p50());
        Figures.print(terminal, json, values);
    }
}
