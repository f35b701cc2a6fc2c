package dev.tributary.cli;

import dev.tributary.adapter.FormatException;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Problem;
import java.io.UncheckedIOException;

/** How a command that failed says so. */
final class Failures {

    private Failures() {}

    /** Prints what went wrong and returns the exit status. */
    static int report(Exception e, Terminal terminal) {
        if (e instanceof InvalidJobException invalid) {
            terminal.err().println("tributary: the job cannot run as written:");
            for (Problem problem : invalid.problems()) {
                terminal.err().println("  " + problem);
            }
        } else if (isForPeople(e)) {
            terminal.err().println("tributary: " + e.getMessage());
        } else {
            terminal.err()
                    .println("tributary: unexpected " + e + ". This is a bug; please report it with what follows.");
            e.printStackTrace(terminal.err());
        }
        if (Boolean.getBoolean("tributary.debug")) {
            e.printStackTrace(terminal.err());
        }
        return 1;
    }

    /** Exceptions whose messages say what was found and what to do. */
    private static boolean isForPeople(Exception e) {
        return e instanceof CliException
                || e instanceof FormatException
                || e instanceof UncheckedIOException
                || e.getClass().getName().startsWith("dev.tributary.");
    }
}
