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

    long append(Record record) {
        records.add(record);
        return records.size() - 1L;
    }

    long end() {
        return records.size();
    }

    Record get(long position) {
        return records.get(Math.toIntExact(position));
    }
}
