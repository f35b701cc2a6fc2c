package dev.tributary.cli.simulate;

import dev.tributary.agent.config.ModelSource;
import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LocalRun;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobParser;
import dev.tributary.training.data.DatasetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private LocalRun run;

    public SimulateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String written = read(document);
        Job job = JobParser.parse(written);
        DatasetSpec spec = job.task().isClassification()
                ? DatasetSpec.labelled(data, text, label, labels)
                : DatasetSpec.plain(data, text);
        return run.run(
                terminal,
                () -> SimulatedSites.iid(job, spec, agents, testFraction, partitionSeed),
                Map.of(job.baseModel(), model == null ? ModelSource.packaged() : ModelSource.in(model)),
                written,
                false);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CliException("cannot read the job document " + file + ": " + e.getMessage(), e);
        }
    }
}
