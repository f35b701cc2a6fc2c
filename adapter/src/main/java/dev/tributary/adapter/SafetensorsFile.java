package dev.tributary.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * A safetensors file opened for reading. The header is checked whole before anything else is read: contiguous offsets,
 * exact file length, no duplicate keys, limits on names and dimensions. Tensor data is read by position and never held.
 */
public final class SafetensorsFile implements TensorSource, AutoCloseable {

    /** Longest header accepted for adapters and updates, 1 MiB. */
    public static final int ADAPTER_HEADER_LIMIT = 1 << 20;
    /** Longest header accepted for base models, the format's own limit. */
    public static final int MODEL_HEADER_LIMIT = 100_000_000;

    private static final int BUFFER_BYTES = 1 << 18;
    private static final ThreadLocal<ByteBuffer> BUFFER = ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN));

    private final Path path;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final Layout layout;
    private final long dataStart;

    private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header, long dataStart) {
        this.path = path;
        this.channel = channel;
        this.header = header;
        this.layout = new Layout(header.tensors());
        this.dataStart = dataStart;
    }

    /**
     * Opens an adapter or update file.
     *
     * @throws FormatException if the bytes break the format
     */
    public static SafetensorsFile open(Path path) {
        return open(path, ADAPTER_HEADER_LIMIT);
    }

    /** Opens a file whose header may have up to {@code headerLimit} bytes. */
    public static SafetensorsFile open(Path path, int headerLimit) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            SafetensorsFile file = parse(path, channel, headerLimit);
            channel = null;
            return file;
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("cannot read " + path + ": there is no such file", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
        } finally {
            closeQuietly(channel);
        }
    }

    private static SafetensorsFile parse(Path path, FileChannel channel, int headerLimit) throws IOException {
        long size = channel.size();
        if (size < 10) {
            throw new FormatException(path + ": " + size + " bytes is too short for a safetensors file");
        }
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        readFully(path, channel, length, 0);
        long headerLength = length.flip().getLong();
        if (headerLength < 2 || headerLength > headerLimit) {
            throw new FormatException(path + ": header length " + Long.toUnsignedString(headerLength)
                    + " is not between 2 and " + headerLimit);
        }
        if (headerLength > size - 8) {
            throw new FormatException(
                    path + ": header length " + headerLength + " exceeds the file (" + size + " bytes)");
        }
        ByteBuffer text = ByteBuffer.allocate((int) headerLength);
        readFully(path, channel, text, 8);
        String json;
        try {
            json = StandardCharsets.UTF_8.newDecoder().decode(text.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new FormatException(path + ": header is not UTF-8", e);
        }
        long dataStart = 8 + headerLength;
        return new SafetensorsFile(
                path, channel, SafetensorsHeader.parse(json, size - dataStart, path.toString()), dataStart);
    }

    @Override
    public Layout layout() {
        return layout;
    }

    /** The {@code __metadata__} strings, empty if there are none. */
    public Map<String, String> metadata() {
        return Map.copyOf(header.metadata());
    }

    public Path path() {
        return path;
    }

    /** Byte position in the file at which the tensor's data begins, for memory mapping. */
    public long position(String name) {
        layout.get(name);
        return dataStart + header.begin(name);
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        TensorInfo info = layout.get(name);
        if (!info.dtype().isFloat()) {
            throw new IllegalArgumentException(path + ": " + name + " is " + info.dtype() + ", not floating point");
        }
        if (from < 0 || count < 0 || from > info.elements() - count) {
            throw new IndexOutOfBoundsException(name + ": " + from + "+" + count + " of " + info.elements());
        }
        int width = info.dtype().bytes();
        ByteBuffer buffer = buffer();
        long at = position(name) + from * width;
        int done = 0;
        try {
            while (done < count) {
                int n = Math.min(buffer.capacity() / width, count - done);
                buffer.clear().limit(n * width);
                readFully(path, channel, buffer, at);
                FloatCodec.decode(buffer.flip(), info.dtype(), into, offset + done, n);
                done += n;
                at += (long) n * width;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    /** This thread's, for moving values between arrays and files. */
    static ByteBuffer buffer() {
        return BUFFER.get().clear();
    }

    private static void readFully(Path path, FileChannel channel, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int n = channel.read(into, at);
            if (n < 0) {
                throw new FormatException(path + ": file ends at byte " + at);
            }
            at += n;
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(java.nio.channels.@org.jspecify.annotations.Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // a channel opened for reading has nothing to lose
            }
        }
    }
}
