package dev.tributary.protocol.kafka;

import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.blob.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;

/** The last acknowledged offset of one topic, in a file: {@code topic-identity offset}. */
final class ReadPosition {

    private final Path file;

    ReadPosition(Path file) {
        this.file = file;
    }

    /** The offset to go on after; -1 if nothing of this incarnation of the topic was acknowledged. */
    long read(Uuid topic) {
        try {
            if (!Files.exists(file)) {
                return -1;
            }
            String[] parts =
                    Files.readString(file, StandardCharsets.UTF_8).strip().split(" ");
            return parts.length == 2 && parts[0].equals(topic.toString()) ? Long.parseLong(parts[1]) : -1;
        } catch (NumberFormatException e) {
            return -1; // commands come again; they carry plan ids
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    void write(Uuid topic, long offset) {
        try {
            DurableFiles.replace(file, (topic + " " + offset + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failed("write", e);
        }
    }

    private TransportException failed(String what, IOException e) {
        return new TransportException(
                "cannot " + what + " the read position " + file + ": " + e
                        + ". Check that the disk is there, writable and not full.",
                e);
    }
}
