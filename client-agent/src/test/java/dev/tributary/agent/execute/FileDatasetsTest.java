package dev.tributary.agent.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.Job;
import dev.tributary.plan.Problem;
import dev.tributary.training.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDatasetsTest {

    @TempDir
    private Path directory;

    private Path train;
    private Path test;

    @BeforeEach
    void writeFiles() throws IOException {
        train = Files.writeString(directory.resolve("train.csv"), "text,label\ngood,pos\nbad,neg\nfine,pos\n");
        test = Files.writeString(directory.resolve("test.csv"), "text,label\nawful,neg\n");
    }

    @Test
    void tellsWhatIsThere() {
        FileDatasets datasets = read(List.of("neg", "pos"));

        assertThat(datasets.descriptors())
                .containsExactly(
                        new DatasetDescriptor("reviews", "sequence-classification", 2, List.of("text", "label"), 3, 1));
    }

    @Test
    void classIndicesFollowTheJobsOrderOfTheSameNames() {
        FileDatasets datasets = read(List.of("neg", "pos"));

        assertThat(labels(datasets.load(task("neg", "pos"), LocalDatasets.Split.TRAIN)))
                .containsExactly(1, 0, 1);
        assertThat(labels(datasets.load(task("pos", "neg"), LocalDatasets.Split.TRAIN)))
                .containsExactly(0, 1, 0);
        assertThat(labels(datasets.load(task("pos", "neg"), LocalDatasets.Split.TEST)))
                .containsExactly(1);
    }

    @Test
    void otherWordsForTheSameClassesGoByTheirIndices() {
        FileDatasets datasets = read(List.of("neg", "pos"));

        assertThat(labels(datasets.load(task("negative", "positive"), LocalDatasets.Split.TRAIN)))
                .containsExactly(1, 0, 1);
    }

    @Test
    void aJobThatKnowsOnlySomeOfTheLabelsIsRefused() {
        FileDatasets datasets = read(List.of("neg", "pos"));

        assertThatThrownBy(() -> datasets.load(task("neg", "neutral"), LocalDatasets.Split.TRAIN))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("neutral");
        assertThatThrownBy(() -> datasets.load(task("neg"), LocalDatasets.Split.TRAIN))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void aMissingFileIsNotedAndNothingThrown() {
        List<Problem> problems = new ArrayList<>();
        FileDatasets.read(
                new TreeMap<>(Map.of(
                        "reviews",
                        DatasetConfig.classification(
                                directory.resolve("nowhere.csv"), test, "text", "label", List.of()))),
                problems);

        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("datasets.reviews");
            assertThat(problem.message()).contains("nowhere.csv");
        });
    }

    private FileDatasets read(List<String> labels) {
        List<Problem> problems = new ArrayList<>();
        FileDatasets datasets = FileDatasets.read(
                new TreeMap<>(Map.of("reviews", DatasetConfig.classification(train, test, "text", "label", labels))),
                problems);
        assertThat(problems).isEmpty();
        return datasets;
    }

    private static Job.Task task(String... labels) {
        return new Job.Task("sequence-classification", List.of(labels), "reviews", 128, "mean");
    }

    private static List<Integer> labels(Dataset dataset) {
        return dataset.examples().stream().map(Dataset.Example::label).toList();
    }
}
