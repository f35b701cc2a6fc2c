package dev.tributary.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.training.TrainingException;
import dev.tributary.training.data.Dataset.Example;
import dev.tributary.training.data.DatasetReport.BadRows;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {

    @TempDir
    private Path folder;

    @Test
    void tsvWithoutHeaderIsReadByColumnNumber() throws IOException {
        Path file = write("reviews.tsv", "amazon\t1\tGood \"case\", really\nimdb\t0\tBad\n\namazon\t0\tSo-so\n");
        DatasetSpec spec = DatasetSpec.labelled(file, "3", "2", List.of());
        assertThat(Datasets.read(spec).examples())
                .containsExactly(
                        new Example("Good \"case\", really", 1), new Example("Bad", 0), new Example("So-so", 0));
        LoadedDataset amazon = Datasets.read(spec.withFilters(List.of(new DatasetSpec.Filter("1", "amazon"))));
        assertThat(amazon.examples()).containsExactly(new Example("Good \"case\", really", 1), new Example("So-so", 0));
        assertThat(amazon.report().rows()).isEqualTo(2);
        assertThat(amazon.report().labels()).containsEntry(0, 1L).containsEntry(1, 1L);
        assertThat(Datasets.read(spec.withRows(Set.of(0, 2))).examples()).hasSize(2);
    }

    @Test
    void csvFieldsMayHoldCommasQuotesAndLineEnds() throws IOException {
        Path file =
                write("r.csv", "\uFEFFid,text,sentiment\r\n1,\"a, \"\"b\"\"\r\nc\",good\r\n2,plain,bad\r\n3,,bad\r\n");
        LoadedDataset dataset = Datasets.read(DatasetSpec.labelled(file, "text", "sentiment", List.of("bad", "good")));
        assertThat(dataset.examples()).containsExactly(new Example("a, \"b\"\r\nc", 1), new Example("plain", 0));
        assertThat(dataset.report().bad()).containsOnlyKeys("without text").containsValue(new BadRows(1, List.of(5L)));
    }

    @Test
    void everyKindOfBadRowIsCountedWithItsLine() throws IOException {
        Path file = write("r.csv", "text,label\nfine,no\n,no\nx,\ny,maybe\nshort\na,b,c\n\"open\" x,no\nlast,yes");
        LoadedDataset dataset = Datasets.read(DatasetSpec.labelled(file, "text", "label", List.of("no", "yes")));
        assertThat(dataset.examples()).containsExactly(new Example("fine", 0), new Example("last", 1));
        assertThat(dataset.report().bad())
                .containsEntry("without text", new BadRows(1, List.of(3L)))
                .containsEntry("without label", new BadRows(1, List.of(4L)))
                .containsEntry("with an unknown label", new BadRows(1, List.of(5L)))
                .containsEntry("malformed", new BadRows(3, List.of(6L, 7L, 8L)));
        assertThat(dataset.report().rows()).isEqualTo(8);
        assertThat(dataset.report().summary())
                .endsWith("2 of 8 rows used; not used: 3 malformed (line 6, 7, 8); 1 with an unknown label (line 5); "
                        + "1 without label (line 4); 1 without text (line 3)");
    }

    @Test
    void aQuoteThatIsNeverClosedCostsTheRestOfTheFileOnly() throws IOException {
        Path file = write("r.csv", "text,label\nfine,0\n\"open,0\nlost,1\n");
        LoadedDataset dataset = Datasets.read(DatasetSpec.labelled(file, "text", "label", List.of()));
        assertThat(dataset.examples()).containsExactly(new Example("fine", 0));
        assertThat(dataset.report().bad()).containsOnlyKeys("malformed").containsValue(new BadRows(1, List.of(3L)));
    }

    @Test
    void jsonLinesTakeKeysAndPaths() throws IOException {
        Path file = write("r.jsonl", """
                {"text": "a\\nb", "meta": {"label": 1}}

                {"text": "c", "meta": {"label": "0"}}
                {"text": null, "meta": {"label": 0}}
                {"meta": {}}
                {"text": "d", "meta": {"label": "zero"}}
                {"text": "e"
                ["text"]
                """);
        LoadedDataset dataset = Datasets.read(DatasetSpec.labelled(file, "text", "meta.label", List.of()));
        assertThat(dataset.examples()).containsExactly(new Example("a\nb", 1), new Example("c", 0));
        assertThat(dataset.report().bad())
                .containsEntry("malformed", new BadRows(2, List.of(7L, 8L)))
                .containsEntry("without text", new BadRows(2, List.of(4L, 5L)))
                .containsEntry("whose label is no class index", new BadRows(1, List.of(6L)));
    }

    @Test
    void textFilesGiveLinesAndFoldersGiveFiles() throws IOException {
        assertThat(Datasets.read(DatasetSpec.plain(write("t.txt", "one\n\n two \n"), "text"))
                        .examples())
                .containsExactly(new Example("one", -1), new Example(" two ", -1));
        write("set/pos/b.txt", "good\nreally");
        write("set/neg/a.txt", "bad");
        write("set/neg/notes.md", "no data");
        LoadedDataset dataset =
                Datasets.read(DatasetSpec.labelled(folder.resolve("set"), "text", "label", List.of("neg", "pos")));
        assertThat(dataset.examples()).containsExactly(new Example("bad", 0), new Example("good\nreally", 1));
    }

    @Test
    void packedFilesAreUnpacked() throws IOException {
        Path file = folder.resolve("r.tsv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("1\tpacked\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(Datasets.read(DatasetSpec.labelled(file, "2", "1", List.of()))
                        .examples())
                .containsExactly(new Example("packed", 1));
    }

    @Test
    void aMissingFileNamesPathAndFix() {
        assertRefused(DatasetSpec.plain(folder.resolve("none.csv"), "text"), "none.csv is missing", "Correct the path");
    }

    @Test
    void aMissingColumnListsTheColumns() throws IOException {
        Path file = write("r.csv", "Text,label\na,0\n");
        assertRefused(DatasetSpec.plain(file, "text"), "no column 'text'", "[Text, label]");
        assertRefused(DatasetSpec.plain(file, "4"), "no column '4'", "2 columns");
    }

    @Test
    void aFileOfWhichNothingCanBeUsedIsRefused() throws IOException {
        Path file = write("r.csv", "text,label\na,x\nb,y\n");
        assertRefused(
                DatasetSpec.labelled(file, "text", "label", List.of("no", "yes")),
                "2 with an unknown label",
                "[no, yes]");
        assertThat(Datasets.read(DatasetSpec.plain(write("empty.csv", "text\n"), "text"))
                        .examples())
                .isEmpty();
        assertThat(Datasets.read(DatasetSpec.plain(write("nothing.csv", ""), "text"))
                        .examples())
                .isEmpty();
    }

    @Test
    void otherEncodingsAndDamagedArchivesAreErrors() throws IOException {
        Path latin = folder.resolve("latin.csv");
        Files.write(latin, "text\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(DatasetSpec.plain(latin, "text"), "latin.csv is not UTF-8", "iconv");
        assertRefused(DatasetSpec.plain(write("r.jsonl.gz", "not packed"), "text"), "r.jsonl.gz cannot be read", "");
        Path latinText = folder.resolve("latin.jsonl");
        Files.write(latinText, "{\"text\": \"caf\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(DatasetSpec.plain(latinText, "text"), "not UTF-8", "");
    }

    @Test
    void anUnknownFormatListsTheKnownOnes() throws IOException {
        Path file = write("data.bin", "text\na\n");
        assertRefused(DatasetSpec.plain(file, "text"), "data.bin", "csv, tsv, jsonl, text, parquet");
        assertThat(Datasets.read(DatasetSpec.plain(file, "text").withFormat(DatasetFormat.CSV))
                        .examples())
                .hasSize(1);
        assertThat(DatasetFormat.named(" TSV ")).isEqualTo(Optional.of(DatasetFormat.TSV));
    }

    @Test
    void rowsBeyondTheEndAreRefused() throws IOException {
        Path file = write("r.tsv", "1\ta\n0\tb\n");
        assertRefused(DatasetSpec.labelled(file, "2", "1", List.of()).withRows(Set.of(0, 2)), "has 2 rows", "row 2");
    }

    private static void assertRefused(DatasetSpec spec, String... parts) {
        assertThatThrownBy(() -> Datasets.read(spec))
                .isInstanceOf(TrainingException.class)
                .hasMessageContainingAll(parts);
    }

    private Path write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }
}
