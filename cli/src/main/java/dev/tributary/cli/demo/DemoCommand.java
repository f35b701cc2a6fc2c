package dev.tributary.cli.demo;

import dev.tributary.agent.config.ModelSource;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.HttpPort;
import dev.tributary.cli.local.JobRun;
import dev.tributary.cli.local.LocalFederation;
import dev.tributary.cli.local.LogFile;
import dev.tributary.cli.local.ResultPrinter;
import dev.tributary.cli.local.StopSignal;
import dev.tributary.cli.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tributary demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Fine-tunes a sentence encoder with LoRA across three sites, each with reviews of its own:"
                    + " coordinator, Kafka broker and agents run in this process and speak over real sockets.",
            "An interrupted run is resumed by the same command."
        })
public final class DemoCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--method",
            defaultValue = "fedex",
            description = "Aggregation method, for example fedavg, fedex or ffa. Default: ${DEFAULT-VALUE}.")
    private String method = "fedex";

    @Option(
            names = "--rounds",
            defaultValue = "5",
            description = "Rounds of one epoch each. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--seed", defaultValue = "7", description = "Same seed, same adapter. Default: ${DEFAULT-VALUE}.")
    private long seed = 7;

    @Option(
            names = "--out",
            defaultValue = "out",
            description = "Directory for adapter/, report.json and report.html. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("out");

    @Option(
            names = "--data-dir",
            description = "Directory in which coordinator and agents keep their state. Default: state/ in --out.")
    private @Nullable Path dataDir;

    @Option(
            names = "--port",
            description = "Port of the coordinator's page and REST. Default: 8080, or a free one if that is taken.")
    private @Nullable Integer port;

    @Option(names = "--keep-open", description = "Leave the coordinator running at the end, until Ctrl-C.")
    private boolean keepOpen;

    @Option(names = "--json", description = "Print report.json on stdout instead of the table.")
    private boolean json;

    public DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path state = dataDir == null ? out.resolve("state") : dataDir;
        LogFile.to(state.resolve("tributary.log"));
        DemoJob job = new DemoJob(method, rounds, seed);
        try (StopSignal stop = StopSignal.install()) {
            terminal.err()
                    .println("Starting a coordinator, a Kafka broker and three agents. Log: "
                            + state.resolve("tributary.log"));
            SentimentSites.write(state.resolve("data"));
            try (LocalFederation federation = LocalFederation.start(
                    state,
                    SentimentSites.local(state.resolve("data")),
                    Map.of(DemoJob.MODEL, ModelSource.packaged()),
                    HttpPort.choose(port, terminal),
                    1)) {
                terminal.err().println("Coordinator: " + federation.address());
                federation.awaitAgents(stop.latch());
                Optional<Report> report =
                        new JobRun(federation.client(), terminal, stop.latch()).run(job.document(), job::isSame, out);
                report.ifPresent(r -> ResultPrinter.print(r, out, json, terminal));
                if (report.isPresent() && keepOpen) {
                    terminal.err().println("Coordinator: " + federation.address() + " until Ctrl-C.");
                    stop.latch().await();
                }
                return report.isPresent() ? 0 : 1;
            }
        }
    }
}
