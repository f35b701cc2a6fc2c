package dev.tributary.agent.journal;

import dev.tributary.protocol.LogHead;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the coordinator said of its log with round results, a line each: number and hash of a checkpoint. An auditor gives
 * the file to {@code tributary audit verify --witness}. A coordinator that tells two stories is noticed at once, and both
 * are kept. Used by one thread.
 */
public final class WitnessedLog {

    private static final Logger LOG = LoggerFactory.getLogger(WitnessedLog.class);

    private final Path file;
    private final TreeMap<Long, String> hashes = new TreeMap<>();

    private WitnessedLog(Path file) {
        this.file = file;
    }

    /** Lines that are torn or foreign are left where they are and count for nothing. */
    public static WitnessedLog open(Path dataDirectory) {
        WitnessedLog witnessed = new WitnessedLog(dataDirectory.resolve("witnessed-log"));
        try {
            if (Files.exists(witnessed.file)) {
                String text = Files.readString(witnessed.file, StandardCharsets.ISO_8859_1);
                text.lines()
                        .forEach(line -> parse(line)
                                .ifPresent(head -> witnessed.hashes.putIfAbsent(head.checkpoint(), head.hash())));
                if (!text.isEmpty() && !text.endsWith("\n")) {
                    Files.writeString(witnessed.file, "\n", StandardOpenOption.APPEND);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + witnessed.file, e);
        }
        return witnessed;
    }

    private static Optional<LogHead> parse(String line) {
        try {
            return Optional.of(LogHead.parse(line));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Keeps what was said.
     *
     * @return whether it agrees with what was said before
     */
    public boolean take(LogHead head) {
        String before = hashes.putIfAbsent(head.checkpoint(), head.hash());
        if (head.hash().equals(before)) {
            return true;
        }
        long newest = hashes.lastKey();
        try {
            Files.writeString(
                    file, head + "\n", StandardCharsets.US_ASCII, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warn("the head of the coordinator's log could not be kept in {}: {}", file, e.toString());
        }
        if (before != null) {
            LOG.error(
                    "the coordinator tells two stories: checkpoint {} of its log was {} and is now {}. Compare its export"
                            + " with {} by tributary audit verify --witness",
                    head.checkpoint(),
                    before,
                    head.hash(),
                    file);
            return false;
        }
        if (head.checkpoint() < newest) {
            LOG.error(
                    "the coordinator's log went back to checkpoint {}, it was at {} before. Compare its export with {} by"
                            + " tributary audit verify --witness",
                    head.checkpoint(),
                    newest,
                    file);
            return false;
        }
        return true;
    }
}
