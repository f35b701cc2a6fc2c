package dev.tributary.protocol;

/** Bytes that were refused; the reason is a short code in lower-case words. */
public final class RejectedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    public RejectedMessageException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
