package dev.tributary.plan;

/**
 * One thing wrong with a submitted document.
 *
 * @param field path of the field, for example {@code aggregation.method}
 * @param line line in the document, from 1; 0 if unknown
 * @param message what is wrong, with the value found
 * @param fix what to write instead
 */
public record Problem(String field, int line, String message, String fix) {

    @Override
    public String toString() {
        return (line > 0 ? "line " + line + ", " : "") + field + ": " + message + ". " + fix;
    }
}
