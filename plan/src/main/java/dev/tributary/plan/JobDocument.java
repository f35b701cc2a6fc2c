package dev.tributary.plan;

import java.util.Map;

/**
 * A job with the text it came from, so that checks made later can name lines.
 *
 * @param lines line of every key and list element that was given ({@code task.labels[1]}), from 1
 * @param text as submitted
 */
public record JobDocument(Job job, Map<String, Integer> lines, String text) {
    public JobDocument {
        lines = Map.copyOf(lines);
    }

    /** Line of {@code field}, else of the nearest section around it, else 0. */
    public int line(String field) {
        return line(lines, field);
    }

    static int line(Map<String, Integer> lines, String field) {
        String path = field;
        while (!path.isEmpty()) {
            Integer line = lines.get(path);
            if (line != null) {
                return line;
            }
            int end = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
            path = end < 0 ? "" : path.substring(0, end);
        }
        return 0;
    }

    /** A problem at {@code field}, with its line. */
    public Problem problem(String field, String message, String fix) {
        return new Problem(field, line(field), message, fix);
    }
}
