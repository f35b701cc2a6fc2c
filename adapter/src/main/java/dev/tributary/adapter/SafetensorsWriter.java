package dev.tributary.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes a safetensors file tensor by tensor: the layout is given first, then the values in any order and in pieces.
 * Equal layouts and values give equal bytes. The file is complete, and flushed to the disk, when {@link #close()}
 * returns; closing before every element was written is an error.
 */
public final class SafetensorsWriter implements AutoCloseable {

    private final Path path;
    private final Layout layout;
    private final FileChannel channel;
    private final Map<String, Long> positions = new HashMap<>();
    private final AtomicLong remaining = new AtomicLong();

    public SafetensorsWriter(Path path, Layout layout, Map<String, String> metadata) {
        this.path = path;
        this.layout = layout;
        try {
            byte[] header = SafetensorsHeader.write(layout, metadata).getBytes(StandardCharsets.UTF_8);
            channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
            start.putLong(header.length).put(header).flip();
            writeFully(start, 0);
            long at = 8L + header.length;
            for (TensorInfo info : layout.tensors().values()) {
                positions.put(info.name(), at);
                at += info.byteLength();
                remaining.addAndGet(info.elements());
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Bytes of a whole file of this layout, without metadata. */
    public static long byteLength(Layout layout) {
        int header = SafetensorsHeader.write(layout, Map.of()).getBytes(StandardCharsets.UTF_8).length;
        return 8L + header + layout.byteLength();
    }

    /** Writes all of {@code source} to {@code path} in its own element types. */
    public static void write(Path path, TensorSource source, Map<String, String> metadata) {
        try (SafetensorsWriter writer = new SafetensorsWriter(path, source.layout(), metadata)) {
            for (String name : source.layout().names()) {
                writer.write(name, source.read(name));
            }
        }
    }

    /** Writes a whole tensor, row-major. */
    public void write(String name, float[] values) {
        if (values.length != layout.get(name).elements()) {
            throw new IllegalArgumentException(
                    name + ": shape " + layout.get(name).shape() + " does not hold " + values.length + " values");
        }
        write(name, 0, values, 0, values.length);
    }

    /**
     * Writes {@code count} elements of a tensor starting at element {@code from}. Each element is to be written once. Several
     * threads may write pieces at once.
     */
    public void write(String name, long from, float[] values, int offset, int count) {
        TensorInfo info = layout.get(name);
        if (from < 0 || count < 0 || from > info.elements() - count) {
            throw new IndexOutOfBoundsException(name + ": " + from + "+" + count + " of " + info.elements());
        }
        int width = info.dtype().bytes();
        ByteBuffer buffer = SafetensorsFile.buffer();
        long at = position(name) + from * width;
        int done = 0;
        try {
            while (done < count) {
                int n = Math.min(buffer.capacity() / width, count - done);
                buffer.clear();
                FloatCodec.encode(values, offset + done, n, info.dtype(), buffer);
                writeFully(buffer.flip(), at);
                done += n;
                at += (long) n * width;
            }
        } catch (IOException e) {
            throw failure(e);
        }
        remaining.addAndGet(-count);
    }

    private long position(String name) {
        Long position = positions.get(name);
        if (position == null) {
            throw new java.util.NoSuchElementException("no tensor named " + name);
        }
        return position;
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    @Override
    public void close() {
        try (channel) {
            channel.force(true);
        } catch (IOException e) {
            throw failure(e);
        }
        if (remaining.get() != 0) {
            throw new IllegalStateException(path + ": closed with " + remaining.get() + " elements not written");
        }
    }

    private UncheckedIOException failure(IOException e) {
        return new UncheckedIOException("cannot write " + path + ": " + e.getMessage(), e);
    }
}
