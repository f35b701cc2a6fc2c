package dev.tributary.training.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the rows of a dataset are stored. A name ending in {@code .gz} is unpacked while reading. */
public enum DatasetFormat {
    /** Comma-separated, RFC 4180: quotes around a field may enclose commas, quotes and line ends. */
    CSV,
    /** Tab-separated, one row a line; quotes are ordinary characters. */
    TSV,
    /** One JSON object a line. A column is a key, or a path of keys joined by dots. */
    JSONL,
    /**
     * Plain text without columns. In a file, every line that is not blank is one row. In a folder, every {@code .txt} file
     * is one row, whose label is the name of the folder it lies in.
     */
    TEXT,
    /** Apache Parquet with columns of strings and numbers, uncompressed or by snappy, zstd or lz4. */
    PARQUET;

    /** The format that {@code name} names, in any case. */
    public static Optional<DatasetFormat> named(String name) {
        return Arrays.stream(values())
                .filter(f -> f.name().equalsIgnoreCase(name.strip()))
                .findFirst();
    }

    /** The format by a file's name; a folder holds texts. */
    public static Optional<DatasetFormat> of(Path path) {
        String name =
                String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        if (name.endsWith(".ndjson")) {
            return Optional.of(JSONL);
        }
        if (name.endsWith(".txt") || Files.isDirectory(path)) {
            return Optional.of(TEXT);
        }
        return Arrays.stream(values())
                .filter(f -> name.endsWith("." + f.name().toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** {@code csv, tsv, ...}, for messages. */
    public static String names() {
        return Arrays.stream(values())
                .map(f -> f.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
