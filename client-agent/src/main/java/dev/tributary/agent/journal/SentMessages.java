package dev.tributary.agent.journal;

import dev.tributary.protocol.chain.ChainHead;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The newest message that this agent signed, on disk before it is on the wire: a crash leaves in doubt whether the
 * coordinator has it, so it is sent again, the same bytes, before any other. Messages are appended to a file, which costs
 * one flush each; a long file begins anew. A record that a crash cut off was never sent. For one thread at a time.
 */
public final class SentMessages {

    private static final int LONGEST_FILE = 256 * 1024;
    private static final int HEADER_BYTES = Integer.BYTES + Integer.BYTES + Long.BYTES;

    private final Path file;
    private long end;
    private ChainHead head = ChainHead.START;
    private byte[] signed = {};
    private boolean confirmed = true;

    private SentMessages(Path file) {
        this.file = file;
    }

    /** @throws IllegalStateException if the file there is damaged */
    public static SentMessages open(Path directory) {
        SentMessages sent = new SentMessages(directory.resolve("sent.log"));
        Path earlier = directory.resolve("sent.bin"); // of releases that wrote a file per message
        if (Files.exists(sent.file)) {
            sent.read(DurableFiles.read(sent.file));
        } else if (Files.exists(earlier)) {
            sent.readEarlier(earlier);
        }
        return sent;
    }

    private void read(byte[] content) {
        ByteBuffer records = ByteBuffer.wrap(content);
        while (records.remaining() >= HEADER_BYTES) {
            int length = records.getInt();
            int checksum = records.getInt();
            long sequence = records.getLong();
            boolean follows = end == 0 ? sequence >= 1 : sequence == head.sequence() + 1;
            if (!follows || length < 1 || length > records.remaining()) {
                break;
            }
            byte[] message = new byte[length];
            records.get(message);
            if (checksum != checksum(sequence, message)) {
                break;
            }
            end = records.position();
            entered(sequence, message);
        }
        if (end == 0 || isFollowed(records.clear())) {
            throw damaged(file);
        }
    }

    /** Whether a whole record comes after the one that ends the file: then that one was whole once, and is not cut off. */
    private boolean isFollowed(ByteBuffer content) {
        for (int at = (int) end + HEADER_BYTES; at + HEADER_BYTES < content.limit(); at++) {
            int length = content.getInt(at);
            long sequence = content.getLong(at + 2 * Integer.BYTES);
            if (sequence != head.sequence() + 2 || length < 1 || length > content.limit() - at - HEADER_BYTES) {
                continue;
            }
            byte[] message = new byte[length];
            content.get(at + HEADER_BYTES, message);
            if (content.getInt(at + Integer.BYTES) == checksum(sequence, message)) {
                return true;
            }
        }
        return false;
    }

    private void readEarlier(Path earlier) {
        ByteBuffer content = ByteBuffer.wrap(DurableFiles.read(earlier));
        if (content.remaining() <= Long.BYTES || content.getLong(0) < 1) {
            throw damaged(earlier);
        }
        long sequence = content.getLong();
        byte[] message = new byte[content.remaining()];
        content.get(message);
        entered(sequence, message);
    }

    private static IllegalStateException damaged(Path file) {
        return new IllegalStateException(
                file + " is damaged; restore it from a backup. Without it the agent numbers its messages from the"
                        + " start, and its coordinator will refuse them as replayed");
    }

    public ChainHead head() {
        return head;
    }

    /** The newest message, if it is not known that the broker has it. */
    public Optional<byte[]> unconfirmed() {
        return confirmed ? Optional.empty() : Optional.of(signed.clone());
    }

    /** The next message, before it is sent. */
    public void record(byte[] next) {
        long sequence = head.sequence() + 1;
        ByteBuffer record = ByteBuffer.allocate(HEADER_BYTES + next.length)
                .putInt(next.length)
                .putInt(checksum(sequence, next))
                .putLong(sequence)
                .put(next)
                .flip();
        if (end == 0 || end + record.limit() > LONGEST_FILE) {
            DurableFiles.write(file, record.array());
            end = record.limit();
        } else {
            append(record);
            end += record.limit();
        }
        entered(sequence, next.clone());
    }

    /** Over whatever an append that failed has left there. */
    private void append(ByteBuffer record) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long position = end;
            while (record.hasRemaining()) {
                position += channel.write(record, position);
            }
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private void entered(long sequence, byte[] message) {
        head = ChainHead.of(sequence, message);
        signed = message;
        confirmed = false;
    }

    private static int checksum(long sequence, byte[] message) {
        CRC32C sum = new CRC32C();
        sum.update(ByteBuffer.allocate(Long.BYTES).putLong(sequence).flip());
        sum.update(message);
        return (int) sum.getValue();
    }

    /** The broker has the newest message. */
    public void confirm() {
        confirmed = true;
    }
}
