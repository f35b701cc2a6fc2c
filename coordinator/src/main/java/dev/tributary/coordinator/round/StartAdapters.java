package dev.tributary.coordinator.round;

import dev.tributary.adapter.FormatException;
import dev.tributary.aggregation.Aggregation.Produced;
import dev.tributary.aggregation.start.StartAdapter;
import dev.tributary.plan.Job;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The PEFT directories that jobs may start from: those under one directory of the coordinator's machine, so that a job
 * cannot make the coordinator read other files.
 *
 * @param root absolute; {@code adapter.start-from} is relative to it, or an absolute path below it
 */
public record StartAdapters(Path root) {

    public StartAdapters {
        root = root.toAbsolutePath().normalize();
    }

    /** What is wrong with a job's {@code adapter.start-from}, in words; empty if nothing is, or it has none. */
    public Optional<String> problem(Job job) {
        if (job.startFrom().isEmpty()) {
            return Optional.empty();
        }
        try {
            StartAdapter.read(directory(job), job.adapter());
            return Optional.empty();
        } catch (FormatException | UncheckedIOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The fresh state, or with the values of the job's start where it has one. */
    Produced begin(Job job, Produced fresh, Path workDirectory) {
        return job.startFrom().isEmpty()
                ? fresh
                : StartAdapter.read(directory(job), job.adapter()).into(fresh, workDirectory);
    }

    private Path directory(Job job) {
        Path directory;
        try {
            directory = root.resolve(job.startFrom()).normalize();
        } catch (InvalidPathException e) {
            throw new FormatException("'" + job.startFrom() + "' is no path");
        }
        if (!directory.startsWith(root)) {
            throw new FormatException("'" + job.startFrom() + "' is not below " + root
                    + ", the only place jobs may start from (tributary.adapters.directory)");
        }
        return directory;
    }
}
