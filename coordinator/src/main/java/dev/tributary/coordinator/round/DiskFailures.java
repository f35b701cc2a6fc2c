package dev.tributary.coordinator.round;

import dev.tributary.privacy.ledger.LedgerCorruptException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Failures of the disk, which pass when somebody makes room, as against mistakes, which stay. */
final class DiskFailures {

    private DiskFailures() {}

    /** Whether the disk was at fault: full, read-only, away. A single file that is missing or damaged is not the disk's. */
    static boolean isOne(Throwable failure) {
        IOException cause = cause(failure);
        return cause != null && !(cause instanceof NoSuchFileException && !isOfStore(failure));
    }

    /** The store tells of a missing file only when all of it is gone. */
    private static boolean isOfStore(Throwable failure) {
        return failure instanceof dev.tributary.protocol.blob.BlobStoreException;
    }

    private static @Nullable IOException cause(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof LedgerCorruptException) {
                return null;
            }
            if (each instanceof IOException found) {
                return found;
            }
        }
        return null;
    }

    static String words(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("Check that the disk")
                ? message
                : message + ". Check that the disk is there, writable and not full.";
    }
}
