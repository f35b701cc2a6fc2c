package dev.tributary.privacy.accountant;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Rows of a file under {@code golden/privacy}; lines that start with # are comments. */
final class Golden {
    private Golden() {}

    record Row(List<String> fields) {
        boolean has(int column) {
            return !fields.get(column).isEmpty();
        }

        double number(int column) {
            return Double.parseDouble(fields.get(column));
        }

        long integer(int column) {
            return Long.parseLong(fields.get(column));
        }
    }

    static List<Row> rows(String file) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Golden.class.getResourceAsStream("/golden/privacy/" + file), file),
                StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> new Row(List.of(line.split(",", -1))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
