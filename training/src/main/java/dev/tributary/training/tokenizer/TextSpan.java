package dev.tributary.training.tokenizer;

/** A part of a text, by positions as {@link String#charAt} counts them; {@code end} is excluded. */
public record TextSpan(int begin, int end) {
    public TextSpan {
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("span must be 0 ≤ begin ≤ end, was " + begin + " to " + end);
        }
    }

    boolean holds(int position) {
        return begin <= position && position < end;
    }
}
