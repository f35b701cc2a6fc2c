package dev.tributary.protocol.kafka;

import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.chunk.ChunkMap;
import dev.tributary.protocol.chunk.Chunking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/** Which chunks of which blobs the broker has acknowledged, per incarnation of the uplink topic; outlives the process. */
final class UploadLedger {
    private static final Duration KEPT = Duration.ofDays(7);

    private final Path directory;

    /** Notes older than a week are removed. */
    UploadLedger(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
            FileTime oldest = FileTime.from(Instant.now().minus(KEPT));
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    if (Files.getLastModifiedTime(file).compareTo(oldest) < 0) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** @param content what the notes go by, whatever form it travels in */
    ChunkMap open(BlobRef content, Chunking chunking, Uuid topic) {
        try {
            return ChunkMap.open(directory.resolve(content.sha256() + "." + topic), chunking);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    void forget(BlobRef blob) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith(blob.sha256())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private TransportException failed(IOException e) {
        return new TransportException(
                "cannot keep notes of uploads in " + directory + ": " + e
                        + ". Check that the disk is there, writable and not full.",
                e);
    }
}
