package dev.tributary.cli.report;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, padded to the widest cell; the first column is aligned left, the others right. */
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(List<String> header) {
        rows.add(List.copyOf(header));
    }

    public void row(List<String> cells) {
        if (cells.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    cells.size() + " cells under " + rows.get(0).size() + " headings");
        }
        rows.add(List.copyOf(cells));
    }

    /** Lines without trailing spaces: heading, rule, rows. */
    public List<String> lines() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = row.get(i);
                String padding = " ".repeat(widths[i] - cell.length());
                line.append(i == 0 ? cell + padding : "  " + padding + cell);
            }
            lines.add(line.toString().stripTrailing());
            if (lines.size() == 1) {
                lines.add("─".repeat(line.length()));
            }
        }
        return lines;
    }
}
