package dev.tributary.training.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes examples of rows and counts those that cannot be used. */
final class ExampleCollector implements Rows.Sink {

    private static final int LINES_KEPT = 5;
    /** Also 1.0, as tools write whole numbers of a column with gaps. */
    private static final Pattern INDEX = Pattern.compile("(\\d{1,6})(?:\\.0+)?");

    private final DatasetSpec spec;
    private final Map<String, Integer> indices = new HashMap<>();
    private final List<Dataset.Example> examples = new ArrayList<>();
    private final TreeMap<String, List<Long>> badLines = new TreeMap<>();
    private final TreeMap<String, Long> badCounts = new TreeMap<>();
    private final TreeMap<Integer, Long> labels = new TreeMap<>();
    private int position = -1;
    private long rows;

    ExampleCollector(DatasetSpec spec) {
        this.spec = spec;
        for (String label : spec.labels()) {
            indices.put(label, indices.size());
        }
    }

    @Override
    public void row(Rows.Row row) {
        position++;
        if (!spec.rows().isEmpty() && !spec.rows().contains(position)) {
            return;
        }
        for (DatasetSpec.Filter filter : spec.filters()) {
            if (row.get(filter.column()).filter(filter.value()::equals).isEmpty()) {
                return;
            }
        }
        rows++;
        if (spec.chat().isPresent()) {
            spec.chat()
                    .get()
                    .render(row)
                    .ifPresentOrElse(examples::add, () -> bad("without a usable conversation", row.line()));
            return;
        }
        String text = row.get(spec.text()).orElse("");
        if (text.isBlank()) {
            bad("without text", row.line());
        } else if (spec.label().isEmpty()) {
            examples.add(new Dataset.Example(text, -1));
        } else {
            labelled(text, row.get(spec.label().get()).orElse("").strip(), row.line());
        }
    }

    private void labelled(String text, String label, long line) {
        if (label.isEmpty()) {
            bad("without label", line);
            return;
        }
        OptionalInt index = index(label);
        if (index.isEmpty()) {
            bad(spec.labels().isEmpty() ? "whose label is no class index" : "with an unknown label", line);
            return;
        }
        examples.add(new Dataset.Example(text, index.getAsInt()));
        labels.merge(index.getAsInt(), 1L, Long::sum);
    }

    private OptionalInt index(String label) {
        if (!spec.labels().isEmpty()) {
            Integer index = indices.get(label);
            return index == null ? OptionalInt.empty() : OptionalInt.of(index);
        }
        Matcher matcher = INDEX.matcher(label);
        return matcher.matches() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    @Override
    public void malformed(long line) {
        position++;
        if (spec.rows().isEmpty() || spec.rows().contains(position)) {
            rows++;
            bad("malformed", line);
        }
    }

    private void bad(String reason, long line) {
        badCounts.merge(reason, 1L, Long::sum);
        List<Long> lines = badLines.computeIfAbsent(reason, r -> new ArrayList<>());
        if (lines.size() < LINES_KEPT) {
            lines.add(line);
        }
    }

    /** How many rows there were, taken or not. */
    int seen() {
        return position + 1;
    }

    LoadedDataset finish() {
        TreeMap<String, DatasetReport.BadRows> bad = new TreeMap<>();
        badCounts.forEach((reason, count) ->
                bad.put(reason, new DatasetReport.BadRows(count, badLines.getOrDefault(reason, List.of()))));
        return new LoadedDataset(examples, new DatasetReport(spec.path(), rows, examples.size(), bad, labels));
    }
}
