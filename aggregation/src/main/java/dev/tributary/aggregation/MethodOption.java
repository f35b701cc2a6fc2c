package dev.tributary.aggregation;

import dev.tributary.plan.Job;
import java.util.List;
import java.util.Optional;

/**
 * One key under {@code aggregation} that a method reads.
 *
 * @param text whether any word may stand there
 * @param choices the words allowed; empty for a number
 * @param least smallest number allowed
 * @param most largest number allowed
 * @param whole whether the number must be an integer
 * @param otherwise value where the job has none, as it would be written; empty if computed by the method
 */
public record MethodOption(
        String name,
        boolean text,
        List<String> choices,
        double least,
        double most,
        boolean whole,
        String otherwise,
        String description) {

    public static MethodOption integer(String name, int least, int most, String otherwise, String description) {
        return new MethodOption(name, false, List.of(), least, most, true, otherwise, description);
    }

    public static MethodOption number(String name, double least, double most, double otherwise, String description) {
        return new MethodOption(name, false, List.of(), least, most, false, String.valueOf(otherwise), description);
    }

    /** A number without a default of its own. */
    public static MethodOption optionalNumber(String name, double least, double most, String description) {
        return new MethodOption(name, false, List.of(), least, most, false, "", description);
    }

    public static MethodOption choice(String name, List<String> choices, String description) {
        return new MethodOption(name, false, List.copyOf(choices), 0, 0, false, choices.get(0), description);
    }

    /** A name of something outside the method; empty by default. */
    public static MethodOption text(String name, String description) {
        return new MethodOption(name, true, List.of(), 0, 0, false, "", description);
    }

    /** What may stand there, in words. */
    public String values() {
        if (text) {
            return "a name";
        }
        if (!choices.isEmpty()) {
            return String.join(" | ", choices);
        }
        return whole
                ? "an integer from " + (long) least + " to " + (long) most
                : "a number from " + least + " to " + most;
    }

    boolean accepts(String value) {
        if (text || !choices.isEmpty()) {
            return text ? !value.isBlank() : choices.contains(value);
        }
        try {
            double number = whole ? Integer.parseInt(value.trim()) : Double.parseDouble(value.trim());
            return number >= least && number <= most;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** The job's value, or the default; empty if there is neither. */
    public Optional<String> of(Job job) {
        String written = job.aggregation().options().get(name);
        return written != null
                ? Optional.of(written.trim())
                : Optional.of(otherwise).filter(t -> !t.isEmpty());
    }

    public int integerOf(Job job, int computed) {
        return of(job).map(Integer::parseInt).orElse(computed);
    }

    public double numberOf(Job job) {
        return of(job).map(Double::parseDouble).orElse(Double.NaN);
    }

    public boolean is(Job job, String word) {
        return of(job).filter(word::equals).isPresent();
    }
}
