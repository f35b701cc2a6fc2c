package dev.tributary.agent.policy;

import dev.tributary.protocol.blob.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The data steward's decisions, as files in the agent's data directory: the terms of jobs that wait for one, and of
 * those approved. A running agent sees a decision at its next plan. Several processes may use one directory.
 */
public final class Approvals {

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final Path waiting;
    private final Path approved;

    public Approvals(Path dataDirectory) {
        this.waiting = dataDirectory.resolve("approvals").resolve("waiting");
        this.approved = dataDirectory.resolve("approvals").resolve("approved");
    }

    /** Whether a job's trainings, or its evaluations, were approved. */
    public boolean isApproved(JobTerms terms) {
        return terms.training().isEmpty()
                ? list(approved).values().stream().anyMatch(text -> text.startsWith(terms.subject()))
                : Files.exists(file(approved, terms.hash()));
    }

    /** Lays a job's terms before the steward. */
    public void ask(JobTerms terms) {
        if (!Files.exists(file(waiting, terms.hash()))) {
            write(file(waiting, terms.hash()), terms.text());
        }
    }

    /** Terms that wait for a decision, by hash. */
    public SortedMap<String, String> waiting() {
        return list(waiting);
    }

    /** Approved terms, by hash. */
    public SortedMap<String, String> approved() {
        return list(approved);
    }

    /**
     * Approves the job whose terms have this hash.
     *
     * @throws NoSuchElementException if no such job waits
     */
    public void approve(String hash) {
        String text = list(waiting).get(hash);
        if (text == null) {
            throw new NoSuchElementException("no job with hash " + hash + " waits for approval; waiting: "
                    + list(waiting).keySet());
        }
        write(file(approved, hash), text);
        delete(file(waiting, hash));
    }

    /** Takes an approval back: the job's next plan is refused. */
    public void revoke(String hash) {
        delete(file(approved, hash));
    }

    private static Path file(Path directory, String hash) {
        if (!HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("a job's hash has 64 hex digits, was '" + hash + "'");
        }
        return directory.resolve(hash + ".txt");
    }

    private static SortedMap<String, String> list(Path directory) {
        SortedMap<String, String> texts = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return texts;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replaceFirst("\\.txt$", "");
                if (HASH.matcher(name).matches()) {
                    texts.put(name, Files.readString(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + directory + ": " + e.getMessage(), e);
        }
        return texts;
    }

    private static void write(Path file, String text) {
        try {
            DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file + ": " + e.getMessage(), e);
        }
    }
}
