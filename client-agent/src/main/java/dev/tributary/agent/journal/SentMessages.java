package dev.tributary.agent.journal;

import dev.tributary.protocol.chain.ChainHead;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The newest message that this agent signed, on disk before it is on the wire: a crash leaves in doubt whether the
 * coordinator has it, so it is sent again, the same bytes, before any other. For one thread at a time.
 */
public final class SentMessages {

    private final Path file;
    private ChainHead head;
    private byte[] signed;
    private boolean confirmed;

    private SentMessages(Path file, ChainHead head, byte[] signed) {
        this.file = file;
        this.head = head;
        this.signed = signed;
        this.confirmed = signed.length == 0;
    }

    /** @throws IllegalStateException if the file there is damaged */
    public static SentMessages open(Path directory) {
        Path file = directory.resolve("sent.bin");
        if (!Files.exists(file)) {
            return new SentMessages(file, ChainHead.START, new byte[0]);
        }
        ByteBuffer content = ByteBuffer.wrap(DurableFiles.read(file));
        if (content.remaining() <= Long.BYTES || content.getLong(0) < 1) {
            throw new IllegalStateException(
                    file + " is damaged; restore it from a backup. Without it the agent numbers its messages from the"
                            + " start, and its coordinator will refuse them as replayed");
        }
        long sequence = content.getLong();
        byte[] signed = new byte[content.remaining()];
        content.get(signed);
        return new SentMessages(file, ChainHead.of(sequence, signed), signed);
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
        DurableFiles.write(
                file,
                ByteBuffer.allocate(Long.BYTES + next.length)
                        .putLong(sequence)
                        .put(next)
                        .array());
        head = ChainHead.of(sequence, next);
        signed = next.clone();
        confirmed = false;
    }

    /** The broker has the newest message. */
    public void confirm() {
        confirmed = true;
    }
}
