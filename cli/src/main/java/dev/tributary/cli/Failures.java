package dev.tributary.cli;

import dev.tributary.adapter.FormatException;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Problem;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

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
        } else if (e instanceof FileSystemException file) {
            terminal.err().println("tributary: cannot use " + file.getFile() + ": " + reason(file));
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

    private static String reason(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file or directory";
        } else if (e instanceof AccessDeniedException) {
            return "access is denied";
        } else if (e instanceof FileAlreadyExistsException) {
            return "something that is no directory is there already";
        }
        return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }

    /** Exceptions whose messages say what was found and what to do. */
    private static boolean isForPeople(Exception e) {
        return e instanceof CliException
                || e instanceof FormatException
                || e instanceof UncheckedIOException
                || e.getClass().getName().startsWith("dev.tributary.");
    }
}
