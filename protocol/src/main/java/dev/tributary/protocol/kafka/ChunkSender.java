package dev.tributary.protocol.kafka;

import dev.tributary.protocol.AgentTransport.TransferListener;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.blob.Sha256;
import dev.tributary.protocol.chunk.Chunking;
import dev.tributary.protocol.crash.CrashPoint;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Sends the chunks of a file, at most a few megabytes of it in memory. */
final class ChunkSender {
    private static final int WINDOW_BYTES = 4 << 20;

    private record Sent(int index, CompletableFuture<RecordMetadata> answer) {}

    /** Told of every chunk that the broker has. */
    @FunctionalInterface
    interface Acknowledged {
        void chunk(int index, long offset) throws IOException;
    }

    private final RecordSender sender;
    private final Clients clients;

    ChunkSender(RecordSender sender, Clients clients) {
        this.sender = sender;
        this.clients = clients;
    }

    /**
     * Returns when the broker has all chunks that are not {@code done}.
     *
     * @throws TransportException if it cannot take one within the bound; chunks told to {@code acknowledged} are there
     */
    void send(
            String topic,
            Chunking chunking,
            Path file,
            IntPredicate done,
            Acknowledged acknowledged,
            TransferListener listener) {
        int window = Math.max(2, WINDOW_BYTES / chunking.chunkBytes());
        Deque<Sent> sent = new ArrayDeque<>();
        long total = chunking.blob().size();
        long progress = 0;
        byte[] key = chunking.blob().sha256().getBytes(StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() != total) {
                throw new IllegalArgumentException(
                        file + " has " + channel.size() + " bytes, its reference says " + total);
            }
            for (int index = 0; index < chunking.count(); index++) {
                if (done.test(index)) {
                    progress += chunking.length(index);
                    continue;
                }
                if (sent.size() >= window) {
                    progress += settle(topic, chunking, sent, acknowledged);
                    listener.transferred(progress, total);
                }
                CrashPoint.BEFORE_CHUNK.pass(index);
                byte[] body = read(channel, chunking.offset(index), chunking.length(index), file);
                var headers = WireRecords.chunkHeaders(chunking, index, Sha256.of(body));
                sent.add(new Sent(index, sender.sendAsync(topic, key, body, headers)));
            }
            while (!sent.isEmpty()) {
                progress += settle(topic, chunking, sent, acknowledged);
                listener.transferred(progress, total);
            }
        } catch (IOException e) {
            throw new TransportException("cannot read " + file + " to send it: " + e, e);
        } finally {
            noteStragglers(sent, acknowledged);
        }
    }

    private long settle(String topic, Chunking chunking, Deque<Sent> sent, Acknowledged acknowledged)
            throws IOException {
        Sent oldest = sent.removeFirst();
        String what = "take chunk " + oldest.index() + " of " + chunking.count() + " for " + topic;
        RecordMetadata metadata = clients.await(oldest.answer(), sender.limit(), what);
        acknowledged.chunk(oldest.index(), metadata.offset());
        CrashPoint.AFTER_CHUNK.pass(oldest.index());
        return chunking.length(oldest.index());
    }

    /** After a failure: later chunks that did arrive need not be sent again. */
    private static void noteStragglers(Deque<Sent> sent, Acknowledged acknowledged) {
        for (Sent one : sent) {
            if (one.answer().isDone() && !one.answer().isCompletedExceptionally()) {
                try {
                    acknowledged.chunk(one.index(), one.answer().join().offset());
                } catch (IOException e) {
                    return; // the chunk will be sent again, which does no harm
                }
            }
        }
    }

    private static byte[] read(FileChannel channel, long position, int length, Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException(file + " became shorter while it was sent");
            }
        }
        return buffer.array();
    }
}
