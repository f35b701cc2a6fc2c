package dev.tributary.aggregation.method;

import dev.tributary.plan.Job;

/** Reads method options, whose syntax {@link Checks} has verified by the time they are used. */
final class Options {

    private Options() {}

    static int integer(Job job, String name, int otherwise) {
        String text = job.aggregation().options().get(name);
        return text == null ? otherwise : Integer.parseInt(text.trim());
    }

    /** Adds a problem unless the option is absent or an integer in [least, most]. */
    static Checks requireInteger(Checks checks, Job job, String name, int least, int most) {
        String text = job.aggregation().options().get(name);
        if (text == null) {
            return checks;
        }
        try {
            int value = Integer.parseInt(text.trim());
            if (value >= least && value <= most) {
                return checks;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        return checks.add(
                "aggregation." + name,
                "'" + text + "' is not an integer between " + least + " and " + most,
                "Write such a number, or leave the option out");
    }
}
