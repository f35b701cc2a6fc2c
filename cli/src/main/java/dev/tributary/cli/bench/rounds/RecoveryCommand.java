package dev.tributary.cli.bench.rounds;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tributary bench recovery}. */
@Command(
        name = "recovery",
        mixinStandardHelpOptions = true,
        description = {
            "Kills the coordinator with its broker in the middle of rounds and starts it again at once.",
            "Tells how long each start takes until the next update is accepted, what had to be sent again, and how many"
                    + " rounds were redone."
        })
public final class RecoveryCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--agents", defaultValue = "4", description = "Default: ${DEFAULT-VALUE}.")
    private int agents = 4;

    @Option(
            names = "--size",
            defaultValue = "1MB",
            converter = ByteSize.class,
            description = "Bytes of one adapter in fp32. Default: ${DEFAULT-VALUE}.")
    private long size = 1_000_000;

    @Option(names = "--kills", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int kills = 5;

    @Option(names = "--no-shared-classes", description = "Start without an archive of classes.")
    private boolean withoutClasses;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public RecoveryCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LogFile.toConsole();
        RoundsCommand.within("--agents", agents, 2, 1000);
        RoundsCommand.within("--kills", kills, 1, 100);
        RoundsCommand.within("--size", size, 4096, 1_000_000_000);
        Path scratch = Files.createTempDirectory("tributary-bench");
        try {
            NoOpModel model = NoOpModel.ofAdapterBytes(size);
            print(new RecoveryBenchmark(agents, model, kills, !withoutClasses, terminal.err()::println).run(scratch));
        } finally {
            RoundsCommand.delete(scratch);
        }
        return 0;
    }

    private void print(RecoveryBenchmark.Result result) {
        Quantiles seconds = Quantiles.of(result.seconds());
        TreeMap<String, Object> values = new TreeMap<>();
        values.put("agents", agents);
        values.put("kills", kills);
        values.put("sharedClasses", !withoutClasses);
        values.put("p50Seconds", seconds.p50());
        values.put("maxSeconds", seconds.max());
        values.put("roundsRedone", result.redone());
        values.put("bytesSentAgainPerAgent", result.bytesAgain());
        if (json) {
            terminal.out().println(Json.write(values));
            return;
        }
        terminal.out()
                .println(String.format(
                        Locale.ROOT,
                        "%d kills: the next update was accepted %.1f s after the start (median; at most %.1f s),"
                                + " %d rounds redone, %d bytes sent again per agent",
                        kills,
                        seconds.p50(),
                        seconds.max(),
                        result.redone(),
                        result.bytesAgain()));
    }
}
