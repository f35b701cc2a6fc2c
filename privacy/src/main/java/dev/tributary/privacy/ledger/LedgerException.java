package dev.tributary.privacy.ledger;

/** A ledger that cannot be used; the message names the file and the way out. Nothing may be released then. */
public class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LedgerException(String message) {
        super(message);
    }

    public LedgerException(String message, Throwable cause) {
        super(message, cause);
    }
}
