package dev.tributary.training.data;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What reading a dataset found. It holds counts and line numbers only, never text.
 *
 * @param rows rows looked at, without those that filters or row numbers leave out
 * @param used rows that became examples
 * @param bad rows that could not be used, by reason
 * @param labels examples per class index; empty for text without labels
 */
public record DatasetReport(
        Path path, long rows, long used, SortedMap<String, BadRows> bad, SortedMap<Integer, Long> labels) {

    /** @param firstLines lines of the first few, from 1 (for a folder, numbers of files) */
    public record BadRows(long count, List<Long> firstLines) {
        public BadRows {
            firstLines = List.copyOf(firstLines);
        }
    }

    public DatasetReport {
        bad = Collections.unmodifiableSortedMap(new TreeMap<>(bad));
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** Whether every row became an example. */
    public boolean isClean() {
        return bad.isEmpty();
    }

    /** One line for logs: how many rows are used, and what is wrong with the others. */
    public String summary() {
        String problems = bad.entrySet().stream()
                .map(e -> e.getValue().count() + " " + e.getKey() + " (line "
                        + e.getValue().firstLines().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", "))
                        + (e.getValue().count() > e.getValue().firstLines().size() ? ", ...)" : ")"))
                .collect(Collectors.joining("; "));
        return path + ": " + used + " of " + rows + " rows used"
                + (problems.isEmpty() ? "" : "; not used: " + problems);
    }
}
