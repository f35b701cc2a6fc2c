package dev.tributary.cli.simulate;

import dev.tributary.training.data.DatasetSpec;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Options that say which rows go to which agent. */
final class PartitionOptions {

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
            names = "--partition",
            defaultValue = "iid",
            description = "How rows are dealt: " + Partition.FORMS + ". Default: ${DEFAULT-VALUE}.")
    private String partition = "iid";

    @Option(
            names = "--test-fraction",
            defaultValue = "0.3",
            description = "Share of each agent's rows held out for evaluation. Default: ${DEFAULT-VALUE}.")
    private double testFraction = 0.3;

    @Option(
            names = "--partition-seed",
            defaultValue = "0",
            description = "Same seed, same parts. Default: ${DEFAULT-VALUE}.")
    private long seed;

    DatasetSpec spec(boolean labelled) {
        return spec(data, labelled);
    }

    /** Another file with the same columns. */
    DatasetSpec spec(Path file, boolean labelled) {
        return labelled ? DatasetSpec.labelled(file, text, label, labels) : DatasetSpec.plain(file, text);
    }

    List<SimulatedSites.Cut> cuts(DatasetSpec spec) {
        return SimulatedSites.cut(spec, Partition.of(partition), agents, testFraction, seed);
    }

    /** Decides results, beside devices and job. */
    String words() {
        return "data: " + data + ", " + agents + " agents, " + partition + ", seed " + seed + ", held out "
                + testFraction;
    }

    int agents() {
        return agents;
    }

    String partition() {
        return partition;
    }

    long seed() {
        return seed;
    }
}
