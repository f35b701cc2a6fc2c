package dev.tributary.protocol.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.JobId;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.ContentSeal;
import dev.tributary.protocol.wire.Wire;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Small values that many messages share. Reading methods throw {@link IllegalArgumentException} on nonsense. */
final class WireValues {
    private static final int SHA256_BYTES = 32;

    private WireValues() {}

    static Wire.Time time(Instant instant) {
        return Wire.Time.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    static Instant time(Wire.Time time) {
        if (time.getNanos() < 0
                || time.getNanos() > 999_999_999
                || time.getSeconds() < Instant.MIN.getEpochSecond()
                || time.getSeconds() > Instant.MAX.getEpochSecond()) {
            throw new IllegalArgumentException("time out of range");
        }
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    static Wire.Blob blob(BlobRef blob) {
        return Wire.Blob.newBuilder()
                .setSha256(ByteString.copyFrom(HexFormat.of().parseHex(blob.sha256())))
                .setSize(blob.size())
                .build();
    }

    static BlobRef blob(Wire.Blob blob) {
        if (blob.getSha256().size() != SHA256_BYTES) {
            throw new IllegalArgumentException(
                    "a blob's sha256 has 32 bytes, got " + blob.getSha256().size());
        }
        return new BlobRef(
                HexFormat.of().formatHex(blob.getSha256().toByteArray()), notNegative("size", blob.getSize()));
    }

    static Wire.BlobLocation location(BlobLocation location) {
        Wire.BlobLocation.Builder wire = Wire.BlobLocation.newBuilder()
                .setBlob(blob(location.blob()))
                .setTopic(location.topic())
                .setPartition(location.partition())
                .setFirstOffset(location.firstOffset())
                .setLastOffset(location.lastOffset());
        ContentSeal seal = location.seal();
        if (seal != null) {
            wire.setSealed(blob(seal.sealed())).setContentKey(key(seal.key()));
        }
        return wire.build();
    }

    static BlobLocation location(Wire.BlobLocation location) {
        long first = notNegative("first_offset", location.getFirstOffset());
        long last = notNegative("last_offset", location.getLastOffset());
        if (last < first) {
            throw new IllegalArgumentException("last_offset " + last + " is before first_offset " + first);
        }
        int partition = (int) notNegative("partition", location.getPartition());
        BlobRef content = blob(part(location.hasBlob(), location.getBlob(), "blob"));
        ContentSeal seal = location.hasSealed()
                ? new ContentSeal(content, blob(location.getSealed()), key(location.getContentKey()))
                : null;
        return new BlobLocation(content, location.getTopic(), partition, first, last, seal);
    }

    static ByteString key(@Nullable String key) {
        return key == null
                ? ByteString.EMPTY
                : ByteString.copyFrom(HexFormat.of().parseHex(key));
    }

    static @Nullable String key(ByteString key) {
        return key.isEmpty() ? null : HexFormat.of().formatHex(key.toByteArray());
    }

    static AgentId agent(String id) {
        return new AgentId(id);
    }

    static JobId job(String id) {
        return new JobId(id);
    }

    static long notNegative(String field, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(field + " must not be negative, was " + value);
        }
        return value;
    }

    /** A sub-message that must be there: Protobuf would silently read an absent one as all zeros. */
    static <T extends Message> T part(boolean present, T value, String field) {
        if (!present) {
            throw new IllegalArgumentException("field " + field + " is missing");
        }
        return value;
    }

    static <V, W> SortedMap<String, W> sorted(Map<String, V> map, Function<V, W> read) {
        TreeMap<String, W> result = new TreeMap<>();
        map.forEach((key, value) -> result.put(key, read.apply(value)));
        return result;
    }
}
