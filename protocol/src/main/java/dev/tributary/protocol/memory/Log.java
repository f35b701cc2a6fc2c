package dev.tributary.protocol.memory;

import dev.tributary.plan.BlobRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One topic: records that stay where they were put. Guarded by the network's lock. */
final class Log {

    /** A signed message, or a blob that lies in the spool. */
    record Record(byte @Nullable [] signed, @Nullable BlobRef blob, long wireBytes) {}

    private final List<Record> records = new ArrayList<>();
    private long forgotten;

    long append(Record record) {
        records.add(record);
        return records.size() - 1L;
    }

    long end() {
        return records.size();
    }

    /** Blobs up to a position that were not asked for before. */
    List<BlobRef> blobsUpTo(long position) {
        List<BlobRef> blobs = new ArrayList<>();
        for (; forgotten <= position && forgotten < end(); forgotten++) {
            BlobRef blob = get(forgotten).blob();
            if (blob != null) {
                blobs.add(blob);
            }
        }
        return blobs;
    }

    Record get(long position) {
        return records.get(Math.toIntExact(position));
    }
}
