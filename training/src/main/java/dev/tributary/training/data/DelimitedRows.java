package dev.tributary.training.data;

import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Rows of a CSV or TSV file. A row with fewer or more fields than the first is malformed. */
final class DelimitedRows implements Rows {

    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,4}");
    private static final CSVFormat CSV =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).get();
    private static final CSVFormat TSV =
            CSV.builder().setDelimiter('\t').setQuote(null).get();

    private final TextFile file;
    private final CSVFormat format;
    private final List<String> columns;

    /** @param columns all columns that will be asked for */
    DelimitedRows(TextFile file, DatasetFormat format, List<String> columns) {
        this.file = file;
        this.format = format == DatasetFormat.TSV ? TSV : CSV;
        this.columns = List.copyOf(columns);
    }

    /** A field of the current record by the position of its column. */
    private record Fields(long line, CSVRecord record, Map<String, Integer> positions) implements Row {
        @Override
        public Optional<String> get(String column) {
            Integer position = positions.get(column);
            return position == null ? Optional.empty() : Optional.of(record.get(position));
        }
    }

    @Override
    public void read(Sink sink) throws IOException {
        try (Reader reader = file.open();
                CSVParser parser =
                        CSVParser.builder().setReader(reader).setFormat(format).get()) {
            Iterator<CSVRecord> records = parser.iterator();
            if (!records.hasNext()) {
                return;
            }
            CSVRecord first = records.next();
            Map<String, Integer> positions = positions(first);
            if (!hasHeader()) {
                sink.row(new Fields(1, first, positions));
            }
            long broken = 0; // line in which the last malformed row was given up
            while (true) {
                long before = parser.getCurrentLineNumber();
                try {
                    if (!records.hasNext()) {
                        return;
                    }
                    CSVRecord record = records.next();
                    long line = parser.getCurrentLineNumber() - lineEndsInside(record);
                    if (line <= broken) {
                        continue; // the rest of a malformed row
                    }
                    if (record.size() == first.size()) {
                        sink.row(new Fields(line, record, positions));
                    } else {
                        sink.malformed(line);
                    }
                } catch (UncheckedIOException e) {
                    if (!(e.getCause() instanceof CSVException)) {
                        throw e;
                    }
                    broken = parser.getCurrentLineNumber();
                    sink.malformed(before + 1);
                }
            }
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
    }

    private static long lineEndsInside(CSVRecord record) {
        return record.stream()
                .mapToLong(v -> v.chars().filter(c -> c == '\n').count())
                .sum();
    }

    private boolean hasHeader() {
        return columns.stream().anyMatch(c -> !NUMBER.matcher(c).matches());
    }

    private Map<String, Integer> positions(CSVRecord first) {
        Map<String, Integer> positions = new HashMap<>();
        if (hasHeader()) {
            for (int i = 0; i < first.size(); i++) {
                positions.putIfAbsent(first.get(i).strip(), i);
            }
        }
        for (String column : columns) {
            if (NUMBER.matcher(column).matches() && Integer.parseInt(column) <= first.size()) {
                positions.putIfAbsent(column, Integer.parseInt(column) - 1);
            }
            if (!positions.containsKey(column)) {
                throw new TrainingException("there is no column '" + column + "' in " + file.path() + "; it has "
                        + (hasHeader() ? "the columns " + first.toList() : first.size() + " columns and no header line")
                        + ". Correct the column in the configuration of the dataset");
            }
        }
        return positions;
    }
}
