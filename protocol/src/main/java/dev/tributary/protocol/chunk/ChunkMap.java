package dev.tributary.protocol.chunk;

import dev.tributary.plan.BlobRef;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.OptionalInt;

/**
 * A set of chunk indices in a file: the chunk size in 4 bytes, then one bit a chunk. Each added index is one byte
 * written, so the file always tells the truth after a crash of the process. (After a loss of power it may tell of chunks
 * whose bytes were lost; the blob's hash finds that out.)
 */
public final class ChunkMap implements AutoCloseable {
    private static final int HEADER_BYTES = 4;

    private final Path file;
    private final FileChannel channel;
    private final Chunking chunking;
    private final BitSet bits;
    private int count;

    private ChunkMap(Path file, FileChannel channel, Chunking chunking, BitSet bits) {
        this.file = file;
        this.channel = channel;
        this.chunking = chunking;
        this.bits = bits;
        this.count = bits.cardinality();
    }

    /** Reads the set in {@code file}; it is empty if there is none, or one for another way of cutting. */
    public static ChunkMap open(Path file, Chunking chunking) throws IOException {
        int length = HEADER_BYTES + (chunking.count() + 7) / 8;
        byte[] content = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        boolean usable = content.length == length && ByteBuffer.wrap(content).getInt() == chunking.chunkBytes();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        BitSet bits = new BitSet();
        if (usable) {
            bits = BitSet.valueOf(ByteBuffer.wrap(content, HEADER_BYTES, length - HEADER_BYTES));
            bits.clear(chunking.count(), Math.max(chunking.count(), bits.length()));
        } else {
            channel.truncate(0);
            channel.write(ByteBuffer.allocate(length).putInt(0, chunking.chunkBytes()), 0);
        }
        return new ChunkMap(file, channel, chunking, bits);
    }

    /** The chunk size that the set in {@code file} is for; empty if there is no set. */
    static OptionalInt chunkBytes(Path file) throws IOException {
        if (!Files.exists(file) || Files.size(file) < HEADER_BYTES) {
            return OptionalInt.empty();
        }
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            return OptionalInt.of(in.readInt());
        }
    }

    public boolean has(int index) {
        return bits.get(index);
    }

    public void add(int index) throws IOException {
        if (bits.get(index)) {
            return;
        }
        bits.set(index);
        count++;
        int octet = index / 8;
        byte value = 0;
        for (int bit = 0; bit < 8; bit++) {
            value |= (byte) (bits.get(octet * 8 + bit) ? 1 << bit : 0);
        }
        channel.write(ByteBuffer.wrap(new byte[] {value}), HEADER_BYTES + (long) octet);
    }

    public int count() {
        return count;
    }

    public int firstMissing() {
        return Math.min(bits.nextClearBit(0), chunking.count());
    }

    public BlobRef blob() {
        return chunking.blob();
    }

    /** Removes the file; the set is of no use afterwards. */
    public void delete() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
