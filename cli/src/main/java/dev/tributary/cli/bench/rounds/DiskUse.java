package dev.tributary.cli.bench.rounds;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a coordinator's data directory holds, from time to time: bytes by entry (broker, database, blobs). */
final class DiskUse {

    private static final Duration GAP = Duration.ofSeconds(2);

    private final Path directory;
    private final NavigableMap<Instant, Map<String, Long>> noted = new TreeMap<>();

    DiskUse(Path directory) {
        this.directory = directory;
    }

    /** Looks, unless it has just done so. */
    void note(Instant now) {
        if (noted.isEmpty() || now.isAfter(noted.lastKey().plus(GAP))) {
            noted.put(now, look());
        }
    }

    /** As it was when last looked at before {@code moment}; empty if there was no look. */
    Map<String, Long> at(Instant moment) {
        Map.Entry<Instant, Map<String, Long>> before = noted.floorEntry(moment);
        return before == null ? Map.of() : before.getValue();
    }

    private Map<String, Long> look() {
        Map<String, Long> bytes = new TreeMap<>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.forEach(entry -> bytes.put(entry.getFileName().toString(), sizeOf(entry)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
        return bytes;
    }

    private static long sizeOf(Path tree) {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.mapToLong(DiskUse::size).sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // a directory went while it was looked at
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0; // the file went
        }
    }
}
