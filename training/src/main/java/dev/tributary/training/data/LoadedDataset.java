package dev.tributary.training.data;

import java.util.List;

/** Examples in memory, with the report on the rows they came from. */
public record LoadedDataset(List<Example> examples, DatasetReport report) implements Dataset {
    public LoadedDataset {
        examples = List.copyOf(examples);
    }
}
