package dev.tributary.cli.bench.rounds;

import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tributary bench heartbeats}. */
@Command(
        name = "heartbeats",
        mixinStandardHelpOptions = true,
        description = {
            "Registers many agents with one coordinator and lets them do nothing but send heartbeats.",
            "Tells how long their registration takes, whether any is ever taken for lost, how fast the list of agents is"
                    + " answered, and processors and memory used."
        })
public final class HeartbeatsCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--agents", defaultValue = "1000", description = "In one process. Default: ${DEFAULT-VALUE}.")
    private int agents = 1000;

    @Option(names = "--seconds", defaultValue = "60", description = "Time watched. Default: ${DEFAULT-VALUE}.")
    private int seconds = 60;

    @Option(
            names = "--interval",
            defaultValue = "5",
            description = "Seconds between two heartbeats of an agent. Default: ${DEFAULT-VALUE}, as agents have it.")
    private int interval = 5;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public HeartbeatsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LogFile.toConsole();
        RoundsCommand.within("--agents", agents, 1, 10_000);
        RoundsCommand.within("--seconds", seconds, 1, 3600);
        RoundsCommand.within("--interval", interval, 1, 60);
        Path scratch = Files.createTempDirectory("tributary-bench");
        try {
            print(new HeartbeatsBenchmark(
                            agents, Duration.ofSeconds(interval), Duration.ofSeconds(seconds), terminal.err()::println)
                    .run(scratch));
        } finally {
            RoundsCommand.delete(scratch);
        }
        return 0;
    }

    private void print(HeartbeatsBenchmark.Result result) {
        Quantiles answers = Quantiles.of(result.answerSeconds());
        TreeMap<String, Object> values = new TreeMap<>();
        values.put("agents", agents);
        values.put("intervalSeconds", interval);
        values.put("watchedSeconds", seconds);
        values.put("registeredSeconds", result.registeredSeconds());
        values.put("fewestLive", result.fewestLive());
        values.put("longestSilenceSeconds", result.silenceSeconds());
        values.put("answerP50Seconds", answers.p50());
        values.put("answerMaxSeconds", answers.max());
        values.put("coordinatorProcessors", result.coordinatorProcessors());
        values.put("agentsProcessors", result.agentsProcessors());
        result.coordinatorPeakRss().ifPresent(bytes -> values.put("coordinatorPeakRssBytes", bytes));
        result.agentsPeakRss().ifPresent(bytes -> values.put("agentsPeakRssBytes", bytes));
        Figures.print(terminal, json, values);
    }
}
