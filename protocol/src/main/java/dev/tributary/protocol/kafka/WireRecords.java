package dev.tributary.protocol.kafka;

import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.chunk.Chunk;
import dev.tributary.protocol.chunk.Chunking;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Records as they stand on topics. Header {@code kind} tells what the value is; header {@code schema} is the version of
 * this arrangement. A chunk says in its headers which blob it belongs to (SHA-256 and size), how the blob is cut, its
 * index and its own SHA-256. Numbers are big-endian.
 */
final class WireRecords {
    static final int SCHEMA = 1;
    private static final int SHA256_BYTES = 32;

    /** What a record's value is. */
    enum Kind {
        MESSAGE,
        CHUNK,
        MANIFEST
    }

    private WireRecords() {}

    static List<Header> headers(Kind kind) {
        return List.of(new RecordHeader("schema", number(SCHEMA)), new RecordHeader("kind", number(kind.ordinal())));
    }

    static List<Header> chunkHeaders(Chunking chunking, int index, byte[] sha256) {
        byte[] blob = HexFormat.of().parseHex(chunking.blob().sha256());
        byte[] size =
                ByteBuffer.allocate(Long.BYTES).putLong(chunking.blob().size()).array();
        return List.of(
                new RecordHeader("schema", number(SCHEMA)),
                new RecordHeader("kind", number(Kind.CHUNK.ordinal())),
                new RecordHeader("blob", blob),
                new RecordHeader("size", size),
                new RecordHeader("chunk", number(chunking.chunkBytes())),
                new RecordHeader("index", number(index)),
                new RecordHeader("count", number(chunking.count())),
                new RecordHeader("sha256", sha256));
    }

    /** @throws IllegalArgumentException saying what is wrong with the record's headers */
    static Kind kind(ConsumerRecord<byte[], byte[]> record) {
        int schema = number(record, "schema");
        if (schema != SCHEMA) {
            throw new IllegalArgumentException("record of schema " + schema + ", this software knows " + SCHEMA);
        }
        int kind = number(record, "kind");
        if (kind < 0 || kind >= Kind.values().length || record.value() == null) {
            throw new IllegalArgumentException("record of unknown kind " + kind);
        }
        return Kind.values()[kind];
    }

    /** @throws IllegalArgumentException saying what is wrong with the record's headers */
    static Chunk chunk(ConsumerRecord<byte[], byte[]> record) {
        byte[] blob = header(record, "blob", SHA256_BYTES);
        long size = ByteBuffer.wrap(header(record, "size", Long.BYTES)).getLong();
        Chunking chunking = new Chunking(new BlobRef(HexFormat.of().formatHex(blob), size), number(record, "chunk"));
        if (number(record, "count") != chunking.count()) {
            throw new IllegalArgumentException(
                    "chunk of a blob of " + chunking.count() + " chunks that says it has " + number(record, "count"));
        }
        byte[] sha256 = header(record, "sha256", SHA256_BYTES);
        return new Chunk(chunking, number(record, "index"), sha256, record.value());
    }

    static boolean isChunkOf(BlobRef blob, ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader("blob");
        return header != null
                && header.value() != null
                && blob.sha256().equals(HexFormat.of().formatHex(header.value()));
    }

    /** Bytes of a record's key, value and headers. */
    static long bytes(ConsumerRecord<byte[], byte[]> record) {
        long bytes = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        for (Header header : record.headers()) {
            bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return bytes;
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    private static int number(ConsumerRecord<byte[], byte[]> record, String name) {
        return ByteBuffer.wrap(header(record, name, Integer.BYTES)).getInt();
    }

    private static byte[] header(ConsumerRecord<byte[], byte[]> record, String name, int length) {
        @Nullable Header header = record.headers().lastHeader(name);
        if (header == null || header.value() == null || header.value().length != length) {
            throw new IllegalArgumentException("record without a proper header '" + name + "'");
        }
        return header.value();
    }
}
