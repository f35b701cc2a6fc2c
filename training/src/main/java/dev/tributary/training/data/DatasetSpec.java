package dev.tributary.training.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where one split of a dataset lies and what is in it.
 *
 * @param path a file, or a folder for {@link DatasetFormat#TEXT}
 * @param format empty to tell it by the file's name
 * @param text column of the text. In CSV and TSV a column is given by the name in the header line, or by its number from 1
 *     where there is no header line; the file has one if any column is given by name
 * @param label column of the label; empty for text without labels
 * @param labels the labels as they stand in the data, in the order of their class indices; empty where the data hold the
 *     class index itself
 * @param filters only rows in which every named column equals its value are taken; the others are no errors
 * @param rows 0-based numbers of the rows to take (without the header line); empty for all
 * @param chat the rows are conversations; {@code text} is not read then
 */
public record DatasetSpec(
        Path path,
        Optional<DatasetFormat> format,
        String text,
        Optional<String> label,
        List<String> labels,
        List<Filter> filters,
        Set<Integer> rows,
        Optional<ChatSpec> chat) {

    /** Rows that are single texts. */
    public DatasetSpec(
            Path path,
            Optional<DatasetFormat> format,
            String text,
            Optional<String> label,
            List<String> labels,
            List<Filter> filters,
            Set<Integer> rows) {
        this(path, format, text, label, labels, filters, rows, Optional.empty());
    }

    /** A column and the value it must have. */
    public record Filter(String column, String value) {}

    public DatasetSpec {
        labels = List.copyOf(labels);
        filters = List.copyOf(filters);
        rows = Set.copyOf(rows);
        if (Set.copyOf(labels).size() != labels.size()) {
            throw new IllegalArgumentException("labels must differ, were " + labels);
        }
    }

    /** Texts with class labels, all rows. */
    public static DatasetSpec labelled(Path path, String text, String label, List<String> labels) {
        return new DatasetSpec(path, Optional.empty(), text, Optional.of(label), labels, List.of(), Set.of());
    }

    /** Texts without labels, all rows. */
    public static DatasetSpec plain(Path path, String text) {
        return new DatasetSpec(path, Optional.empty(), text, Optional.empty(), List.of(), List.of(), Set.of());
    }

    public DatasetSpec withFormat(DatasetFormat chosen) {
        return new DatasetSpec(path, Optional.of(chosen), text, label, labels, filters, rows, chat);
    }

    public DatasetSpec withFilters(List<Filter> chosen) {
        return new DatasetSpec(path, format, text, label, labels, chosen, rows, chat);
    }

    public DatasetSpec withRows(Set<Integer> chosen) {
        return new DatasetSpec(path, format, text, label, labels, filters, chosen, chat);
    }

    /** These files read as conversations. */
    public DatasetSpec withChat(ChatSpec chosen) {
        return new DatasetSpec(path, format, text, Optional.empty(), List.of(), filters, rows, Optional.of(chosen));
    }
}
