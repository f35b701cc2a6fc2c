package dev.tributary.plan;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What may stand behind a key of a job file. */
sealed interface KeyType {

    /** For the reference page and for messages: "a whole number from 1 to 64". */
    String describe();

    /** One value, written as a scalar. */
    sealed interface Scalar extends KeyType {
        /** The value, or empty where {@code text} does not fit. */
        Optional<Object> read(String text);

        /** What to write instead of {@code text}. */
        default String fix(String text) {
            return "Write " + describe();
        }
    }

    record Text(Pattern form, String describe) implements Scalar {
        @Override
        public Optional<Object> read(String text) {
            return form.matcher(text).matches() ? Optional.of(text) : Optional.empty();
        }
    }

    record Choice(List<String> values) implements Scalar {
        static Choice of(String... values) {
            return new Choice(List.of(values));
        }

        @Override
        public String describe() {
            return (values.size() > 1 ? "one of " : "") + String.join(", ", values);
        }

        @Override
        public Optional<Object> read(String text) {
            return values.contains(text) ? Optional.of(text) : Optional.empty();
        }

        @Override
        public String fix(String text) {
            return Suggestions.closest(text, values)
                    .map(v -> "Did you mean " + v + "? Allowed: " + String.join(", ", values))
                    .orElse("Write " + describe());
        }
    }

    /** Both bounds included; {@code word} stands for {@code wordValue}. */
    record Whole(long min, long max, String word, long wordValue) implements Scalar {
        private static final Pattern FORM = Pattern.compile("[+-]?\\d{1,30}");

        static Whole from(long min, long max) {
            return new Whole(min, max, "", 0);
        }

        @Override
        public String describe() {
            String range = max == Long.MAX_VALUE
                    ? (min == Long.MIN_VALUE ? "a whole number" : "a whole number ≥ " + min)
                    : "a whole number from " + min + " to " + max;
            return word.isEmpty() ? range : range + ", or " + word;
        }

        @Override
        public Optional<Object> read(String text) {
            if (!word.isEmpty() && text.equals(word)) {
                return Optional.of(wordValue);
            }
            if (!FORM.matcher(text).matches()) {
                return Optional.empty();
            }
            BigInteger value = new BigInteger(text);
            boolean inside =
                    value.compareTo(BigInteger.valueOf(min)) >= 0 && value.compareTo(BigInteger.valueOf(max)) <= 0;
            return inside ? Optional.of(value.longValue()) : Optional.empty();
        }
    }

    /** {@code open} bounds are excluded. */
    record Real(double min, boolean minOpen, double max, boolean maxOpen) implements Scalar {
        /** Also what YAML 1.1 takes for text, such as {@code 1e-3}. */
        private static final Pattern FORM =
                Pattern.compile("[+-]?(\\d{1,30}(\\.\\d{0,30})?|\\.\\d{1,30})([eE][+-]?\\d{1,3})?");

        static Real positive() {
            return new Real(0, true, Double.MAX_VALUE, false);
        }

        static Real notNegative() {
            return new Real(0, false, Double.MAX_VALUE, false);
        }

        @Override
        public String describe() {
            String low = (minOpen ? "> " : "≥ ") + plain(min);
            return max == Double.MAX_VALUE
                    ? "a number " + low
                    : "a number " + low + " and " + (maxOpen ? "< " : "≤ ") + plain(max);
        }

        private static String plain(double bound) {
            return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
        }

        @Override
        public Optional<Object> read(String text) {
            if (!FORM.matcher(text).matches()) {
                return Optional.empty();
            }
            double value = Double.parseDouble(text);
            boolean inside = (minOpen ? value > min : value >= min) && (maxOpen ? value < max : value <= max);
            return inside ? Optional.of(value) : Optional.empty();
        }
    }

    record Flag() implements Scalar {
        @Override
        public String describe() {
            return "true or false";
        }

        @Override
        public Optional<Object> read(String text) {
            return text.equals("true") || text.equals("false") ? Optional.of(Boolean.valueOf(text)) : Optional.empty();
        }
    }

    record Time(Duration min, Duration max) implements Scalar {
        @Override
        public String describe() {
            return "a time from " + Durations.format(min) + " to " + Durations.format(max) + ", such as 90s, 10m or 1h";
        }

        @Override
        public Optional<Object> read(String text) {
            return Durations.parse(text)
                    .filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0)
                    .map(d -> d);
        }
    }

    /** A list of scalars; a scalar alone is a list of one. */
    record ListOf(Scalar element, int most) implements KeyType {
        @Override
        public String describe() {
            return "a list, each " + element.describe();
        }
    }

    /** Free keys with scalar values. */
    record MapOf(Scalar value, int most) implements KeyType {
        @Override
        public String describe() {
            return "keys of your own, each with " + value.describe();
        }
    }
}
