package dev.tributary.agent.testing;

import dev.tributary.agent.execute.LocalDatasets;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.Job;
import dev.tributary.training.data.Dataset;
import java.util.List;
import java.util.stream.IntStream;

/** One dataset of made-up examples. */
public final class InMemoryDatasets implements LocalDatasets {

    private final DatasetDescriptor descriptor;

    private InMemoryDatasets(DatasetDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** {@code trainExamples} and {@code testExamples} examples with labels 0 and 1 in turn. */
    public static InMemoryDatasets classification(String name, int trainExamples, int testExamples) {
        return new InMemoryDatasets(new DatasetDescriptor(
                name, "sequence-classification", 2, List.of("text", "label"), trainExamples, testExamples));
    }

    @Override
    public List<DatasetDescriptor> descriptors() {
        return List.of(descriptor);
    }

    @Override
    public Dataset load(Job.Task task, Split split) {
        long size = split == Split.TRAIN ? descriptor.trainExamples() : descriptor.testExamples();
        List<Dataset.Example> examples = IntStream.range(0, Math.toIntExact(size))
                .mapToObj(i -> new Dataset.Example("example " + i, i % 2))
                .toList();
        return () -> examples;
    }
}
