package dev.tributary.cli.simulate;

import dev.tributary.agent.config.ModelSource;
import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.HttpPort;
import dev.tributary.cli.local.JobRun;
import dev.tributary.cli.local.LocalFederation;
import dev.tributary.cli.local.LocalSite;
import dev.tributary.cli.local.LogFile;
import dev.tributary.cli.local.ResultPrinter;
import dev.tributary.cli.local.StopSignal;
import dev.tributary.cli.report.Report;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobParser;
import dev.tributary.training.data.DatasetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary simulate}. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a job on many agents in this process, over one dataset dealt out among them at random in equal parts:"
                    + " the coordinator, broker and agents of production, without further machines.",
            "An interrupted run is resumed by the same command."
        })
public final class SimulateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "JOB.yaml", description = "The job document, YAML or JSON.")
    private Path document = Path.of("job.yaml");

    @Option(names = "--data", required = true, paramLabel = "FILE", description = "CSV, TSV, JSONL or Parquet file.")
    private Path data = Path.of("data.jsonl");

    @Option(names = "--text", defaultValue = "text", description = "Column of the text. Default: ${DEFAULT-VALUE}.")
    private String text = "text";

    @Option(
            names = "--label",
            defaultValue = "label",
            description = "Column of the label, for classification. Default: ${DEFAULT-VALUE}.")
    private String label = "label";

    @Option(
            names = "--labels",
            split = ",",
            description =
                    "Labels as they stand in the file, in the order of the job's labels; left out if the file holds"
                            + " class indices.")
    private List<String> labels = List.of();

    @Option(names = "--agents", defaultValue = "3", description = "How many agents. Default: ${DEFAULT-VALUE}.")
    private int agents = 3;

    @Option(
            names = "--test-fraction",
            defaultValue = "0.3",
            description = "Share of each agent's rows held out for evaluation. Default: ${DEFAULT-VALUE}.")
    private double testFraction = 0.3;

    @Option(
            names = "--partition-seed",
            defaultValue = "0",
            description = "Same seed, same parts. Default: ${DEFAULT-VALUE}.")
    private long partitionSeed;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Hugging Face directory of the job's base model. Default: the packaged model of that name.")
    private @Nullable Path model;

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

    @Option(names = "--json", description = "Print report.json on stdout instead of the table.")
    private boolean json;

    public SimulateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String written = read(document);
        Job job = JobParser.parse(written);
        Path state = dataDir == null ? out.resolve("state") : dataDir;
        LogFile.to(state.resolve("tributary.log"));
        DatasetSpec spec = job.task().isClassification()
                ? DatasetSpec.labelled(data, text, label, labels)
                : DatasetSpec.plain(data, text);
        List<LocalSite> sites = SimulatedSites.iid(job, spec, agents, testFraction, partitionSeed);
        Map<String, ModelSource> models =
                Map.of(job.baseModel(), model == null ? ModelSource.packaged() : ModelSource.in(model));
        try (StopSignal stop = StopSignal.install()) {
            terminal.err()
                    .println("Starting a coordinator, a Kafka broker and " + agents + " agents. Log: "
                            + state.resolve("tributary.log"));
            try (LocalFederation federation =
                    LocalFederation.start(state, sites, models, HttpPort.choose(port, terminal), 1)) {
                terminal.err().println("Coordinator: " + federation.address());
                federation.awaitAgents(stop.latch());
                Optional<Report> report = new JobRun(federation.client(), terminal, stop.latch())
                        .run(
                                written,
                                view -> view.name().equals(job.name())
                                        && view.method()
                                                .equals(job.aggregation().method())
                                        && view.rounds() == job.rounds()
                                        && view.seed() == job.seed(),
                                out);
                report.ifPresent(r -> ResultPrinter.print(r, out, json, terminal));
                return report.isPresent() ? 0 : 1;
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CliException("cannot read the job document " + file + ": " + e.getMessage(), e);
        }
    }
}
