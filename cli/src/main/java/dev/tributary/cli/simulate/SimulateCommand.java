package dev.tributary.cli.simulate;

import dev.tributary.agent.config.ModelSource;
import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LocalRun;
import dev.tributary.cli.local.LocalSite;
import dev.tributary.cli.report.Comparison;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobParser;
import dev.tributary.training.data.DatasetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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
            "Runs a job on many agents in this process, over one dataset dealt out among them:"
                    + " the coordinator, broker and agents of production, without further machines.",
            "With --grid, runs every combination of values as a job of its own and compares them.",
            "An interrupted run is resumed by the same command."
        })
public final class SimulateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "JOB.yaml", description = "The job document, YAML or JSON.")
    private Path document = Path.of("job.yaml");

    @Mixin
    private PartitionOptions parts = new PartitionOptions();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Hugging Face directory of the job's base model. Default: the packaged model of that name.")
    private @Nullable Path model;

    @Option(
            names = "--public-data",
            paramLabel = "NAME=FILE",
            description = "A dataset that every agent has besides its part, with the same columns: for"
                    + " aggregation.public-dataset.")
    private Map<String, Path> publicData = Map.of();

    @Mixin
    private DeviceOptions devices = new DeviceOptions();

    @Option(
            names = "--grid",
            paramLabel = "KEY=V,V,...",
            description =
                    "Values of a key of the job; with several --grid every combination is run. KEY is method, seed,"
                            + " rank, epsilon or any key of docs/job.md, such as training.learning-rate. Writes grid.csv,"
                            + " report.html and a folder per job to --out.")
    private List<String> grid = List.of();

    @Mixin
    private LocalRun run;

    public SimulateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String written = read(document);
        Job job = JobParser.parse(written);
        DatasetSpec data = parts.spec(job.task().isClassification());
        Map<String, DatasetSpec> common = new TreeMap<>();
        publicData.forEach(
                (name, file) -> common.put(name, parts.spec(file, job.task().isClassification())));
        if (common.containsKey(job.task().dataset())) {
            throw new CliException("--public-data: '" + job.task().dataset() + "' is the dataset of --data");
        }
        Supplier<List<LocalSite>> sites = () -> devices.equip(SimulatedSites.of(job, data, parts.cuts(data), common));
        Map<String, ModelSource> models =
                Map.of(job.baseModel(), model == null ? ModelSource.packaged() : ModelSource.in(model));
        if (grid.isEmpty()) {
            return run.run(terminal, sites, models, written, false);
        }
        Grid wanted = Grid.of(grid);
        GridRun runs = new GridRun(terminal, run.out(), parts.words() + "; " + devices.words());
        return run.with(terminal, sites, models, (federation, stop) -> {
            Optional<Comparison> comparison = runs.run(federation, stop, written, wanted);
            return comparison.isPresent() ? runs.tell(comparison.get(), run.json()) : 1;
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CliException("cannot read the job document " + file + ": " + e.getMessage(), e);
        }
    }
}
