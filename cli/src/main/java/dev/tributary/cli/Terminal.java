package dev.tributary.cli;

import dev.tributary.cli.display.AnsiDisplay;
import dev.tributary.cli.display.PlainDisplay;
import dev.tributary.cli.display.ProgressDisplay;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/**
 * The two streams of a command. Results go to {@code out}; progress, notes and errors to {@code err}.
 *
 * @param interactive whether {@code err} is a terminal that understands cursor movement
 * @param columns width of that terminal
 */
public record Terminal(PrintStream out, PrintStream err, boolean interactive, int columns) {

    /**
     * The process's own streams. Everything that libraries print through {@link System#out} is sent to stderr from here
     * on, so that stdout holds results alone. The launcher says in system properties what the terminal is.
     */
    static Terminal ofProcess() {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.setOut(err);
        System.setErr(err);
        return new Terminal(
                out, err, Boolean.getBoolean("tributary.terminal"), Integer.getInteger("tributary.columns", 100));
    }

    public ProgressDisplay display() {
        return interactive
                ? new AnsiDisplay(err, columns, InstantSource.system())
                : new PlainDisplay(err, InstantSource.system());
    }
}
