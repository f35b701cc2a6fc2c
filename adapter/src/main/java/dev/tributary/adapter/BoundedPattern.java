package dev.tributary.adapter;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Matches regular expressions that come from job files. An expression that looks at characters more than a hundred
 * thousand times, as {@code (a+)+b} can, counts as not matching, so that a job cannot keep a process busy.
 */
public final class BoundedPattern {

    private static final int LIMIT = 100_000;

    private BoundedPattern() {}

    /** Whether {@code expression} is a regular expression for the whole of {@code text}, found out at bounded cost. */
    public static boolean matches(String expression, String text) {
        try {
            return Pattern.compile(expression).matcher(new Counted(text)).matches();
        } catch (PatternSyntaxException | TooCostlyException e) {
            return false;
        }
    }

    private static final class TooCostlyException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Text that counts how often it is looked at. */
    private static final class Counted implements CharSequence {
        private final String text;
        private int looks;

        Counted(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++looks > LIMIT) {
                throw new TooCostlyException();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
