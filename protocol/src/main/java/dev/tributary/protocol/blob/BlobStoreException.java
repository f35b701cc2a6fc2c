package dev.tributary.protocol.blob;

/** The disk under a blob store failed (full, read-only, gone). Nothing stored is harmed; the caller may try again. */
public class BlobStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BlobStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
