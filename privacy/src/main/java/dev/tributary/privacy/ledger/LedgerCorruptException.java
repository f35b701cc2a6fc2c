package dev.tributary.privacy.ledger;

import java.nio.file.Path;

/** A ledger whose records were changed, reordered or removed since they were written. */
public final class LedgerCorruptException extends LedgerException {
    private static final long serialVersionUID = 1L;

    LedgerCorruptException(Path file, long line, String what) {
        super("Privacy ledger " + file + ", line " + line + ": " + what
                + ". The privacy spent on this data is not known, so nothing more is released from it."
                + " Restore the file from a backup made after its last line was written; never delete it.");
    }
}
