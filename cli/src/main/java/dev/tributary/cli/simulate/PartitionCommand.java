package dev.tributary.cli.simulate;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.data.DatasetSpec;
import dev.tributary.training.data.Datasets;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code tributary partition}. */
@Command(
        name = "partition",
        mixinStandardHelpOptions = true,
        description = "Deals a dataset out into DIR/part-001, part-002, ... with train.jsonl and test.jsonl each.")
public final class PartitionCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Terminal terminal;

    @Mixin
    private PartitionOptions parts = new PartitionOptions();

    @Option(names = "--unlabelled", description = "The data is plain text without labels.")
    private boolean unlabelled;

    @Option(names = "--part", paramLabel = "N", description = "Write only part N, from 1. Default: all.")
    private @Nullable Integer part;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the parts go.")
    private Path out = Path.of("parts");

    public PartitionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (part != null && (part < 1 || part > parts.agents())) {
            throw new CliException("--part must be 1 to " + parts.agents() + " (--agents), was " + part);
        }
        DatasetSpec data = parts.spec(!unlabelled);
        List<SimulatedSites.Cut> cuts = parts.cuts(data);
        for (int number = 1; number <= cuts.size(); number++) {
            if (part == null || part == number) {
                SimulatedSites.Cut cut = cuts.get(number - 1);
                Path directory = out.resolve(String.format("part-%03d", number));
                int train = write(data, cut.train(), directory.resolve("train.jsonl"));
                int test = write(data, cut.test(), directory.resolve("test.jsonl"));
                terminal.out().println(directory + ": " + train + " to train on, " + test + " held out");
            }
        }
        return 0;
    }

    private int write(DatasetSpec data, Set<Integer> rows, Path file) {
        List<Dataset.Example> examples = Datasets.read(data.withRows(rows)).examples();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (BufferedWriter writer = Files.newBufferedWriter(file)) {
                for (Dataset.Example example : examples) {
                    Map<String, Object> line = new TreeMap<>(Map.of("text", example.text()));
                    if (!unlabelled) {
                        line.put("label", example.label());
                    }
                    writer.write(JSON.writeValueAsString(line));
                    writer.newLine();
                }
            }
        } catch (IOException e) {
            throw new CliException("cannot write " + file + ": " + e.getMessage(), e);
        }
        return examples.size();
    }
}
