package dev.tributary.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.training.TrainingException;
import dev.tributary.training.data.Dataset.Example;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On files written by pyarrow; the script is beside them. */
class ParquetRowsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"none", "snappy", "zstd", "lz4", "wide", "nested"})
    void filesOfOtherToolsAreRead(String name) throws IOException {
        LoadedDataset dataset = Datasets.read(DatasetSpec.labelled(file(name), "text", "label", List.of()));
        assertThat(dataset.examples()).containsExactly(new Example("good", 1), new Example("café \uD83D\uDE00", 0));
        assertThat(dataset.report().bad()).containsOnlyKeys("without text", "without label");
        assertThat(dataset.report().rows()).isEqualTo(4);
    }

    @Test
    void filtersAndFieldsOfGroupsAreColumns() throws IOException {
        DatasetSpec spec = DatasetSpec.plain(file("nested"), "text")
                .withFilters(
                        List.of(new DatasetSpec.Filter("meta.source", "m2"), new DatasetSpec.Filter("flag", "false")));
        assertThat(Datasets.read(spec).examples()).containsExactly(new Example("café \uD83D\uDE00", -1));
    }

    @Test
    void missingAndUnsuitableColumnsAreNamed() throws IOException {
        assertRefused(DatasetSpec.plain(file("nested"), "txt"), "no column 'txt'", "meta.source");
        assertRefused(DatasetSpec.plain(file("nested"), "tags.list.element"), "holds lists");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "brotli"})
    void otherCompressionsAreRefusedByName(String name) throws IOException {
        assertRefused(DatasetSpec.plain(file(name), "text"), "compressed with", "snappy, zstd");
    }

    @Test
    void damagedFilesNeverDoMoreThanFail() throws IOException {
        byte[] whole = Files.readAllBytes(file("snappy"));
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = i % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int k = 0; k < 1 + random.nextInt(3) && bytes.length > 0 && i % 3 > 0; k++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            Path damaged = Files.write(folder.resolve("damaged.parquet"), bytes);
            try {
                Datasets.read(DatasetSpec.labelled(damaged, "text", "label", List.of()));
            } catch (TrainingException e) {
                assertThat(e).hasMessageContaining("damaged.parquet");
            }
        }
    }

    private static void assertRefused(DatasetSpec spec, String... parts) {
        assertThatThrownBy(() -> Datasets.read(spec))
                .isInstanceOf(TrainingException.class)
                .hasMessageContainingAll(parts);
    }

    private Path file(String name) throws IOException {
        Path target = folder.resolve(name + ".parquet");
        try (InputStream in = ParquetRowsTest.class.getResourceAsStream("/parquet/" + name + ".parquet")) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
        }
        return target;
    }
}
