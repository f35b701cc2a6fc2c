package dev.tributary.training.data;

import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads datasets from files into memory. */
public final class Datasets {

    private Datasets() {}

    /**
     * Reads every usable row; the report tells of the others.
     *
     * @throws TrainingException if the file is missing or unreadable, lacks a declared column, or has rows of which none can
     *     be used; the message names the path and what to change
     */
    public static LoadedDataset read(DatasetSpec spec) {
        Path path = spec.path();
        if (!Files.isReadable(path)) {
            throw new TrainingException("the dataset " + path.toAbsolutePath() + " is "
                    + (Files.exists(path) ? "not readable by this user" : "missing")
                    + ". Correct the path in the configuration of the dataset, or the file's permissions");
        }
        DatasetFormat format = spec.format()
                .or(() -> DatasetFormat.of(path))
                .orElseThrow(() -> new TrainingException("the format of the dataset " + path
                        + " cannot be told by its name. Declare one of " + DatasetFormat.names()));
        ExampleCollector collector = new ExampleCollector(spec);
        try {
            rows(spec, format).read(collector);
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(path, e);
        }
        LoadedDataset dataset = collector.finish();
        check(spec, dataset, collector.seen());
        return dataset;
    }

    /**
     * What stands in {@code column} of every row of the file, usable or not; empty strings where there is nothing.
     *
     * @throws TrainingException if the file is missing, unreadable or lacks the column
     */
    public static List<String> column(DatasetSpec spec, String column) {
        DatasetSpec wanted = DatasetSpec.labelled(spec.path(), spec.text(), column, List.of());
        DatasetFormat format =
                spec.format().or(() -> DatasetFormat.of(spec.path())).orElse(DatasetFormat.JSONL);
        List<String> values = new ArrayList<>();
        try {
            rows(wanted, format).read(new Rows.Sink() {
                @Override
                public void row(Rows.Row row) {
                    values.add(row.get(column).orElse("").strip());
                }

                @Override
                public void malformed(long line) {
                    values.add("");
                }
            });
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(spec.path(), e);
        }
        if (values.stream().allMatch(String::isEmpty)) {
            throw new TrainingException("the dataset " + spec.path() + " has nothing in column '" + column
                    + "'. Correct the column's name");
        }
        return values;
    }

    private static Rows rows(DatasetSpec spec, DatasetFormat format) {
        return switch (format) {
            case CSV, TSV -> new DelimitedRows(new TextFile(spec.path()), format, columns(spec));
            case JSONL -> new JsonLines(new TextFile(spec.path()));
            case TEXT -> new PlainTexts(spec.path());
            case PARQUET -> new ParquetRows(spec.path(), columns(spec));
        };
    }

    private static List<String> columns(DatasetSpec spec) {
        List<String> columns =
                new ArrayList<>(spec.chat().map(ChatSpec::columns).orElse(List.of(spec.text())));
        spec.label().ifPresent(columns::add);
        spec.filters().forEach(f -> columns.add(f.column()));
        return columns;
    }

    private static TrainingException unreadable(Path path, Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CharacterCodingException) {
                return new TrainingException(
                        "the dataset " + path + " is not UTF-8. Convert it, for example with iconv -t UTF-8", e);
            }
        }
        return new TrainingException(
                "the dataset " + path + " cannot be read: " + e.getMessage() + ". Check the file and its disk", e);
    }

    private static void check(DatasetSpec spec, LoadedDataset dataset, int seen) {
        if (!spec.rows().isEmpty() && Collections.max(spec.rows()) >= seen) {
            throw new TrainingException("the dataset " + spec.path() + " has " + seen + " rows, row "
                    + Collections.max(spec.rows()) + " (from 0) is asked for. Correct the list of rows");
        }
        if (dataset.examples().isEmpty() && dataset.report().rows() > 0) {
            throw new TrainingException(
                    "no row of the dataset can be used. " + dataset.report().summary()
                            + ". Correct the columns and labels in the configuration of the dataset"
                            + (spec.labels().isEmpty() ? "" : "; the labels there are " + spec.labels()));
        }
    }
}
