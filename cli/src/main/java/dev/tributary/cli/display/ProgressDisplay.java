package dev.tributary.cli.display;

/** Shows a running job; told as often as there is news. Not thread-safe. */
public interface ProgressDisplay extends AutoCloseable {

    /** Shows the job as it is now. */
    void show(Snapshot snapshot);

    /** Prints a line that stays. */
    void note(String line);

    /** Leaves the terminal as a reader expects it. */
    @Override
    void close();
}
