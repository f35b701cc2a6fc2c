package dev.tributary.privacy.seal;

/** Something sealed that does not open: not meant for this key, or changed on the way. */
public class UnopenableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnopenableException(String message) {
        super(message);
    }

    public UnopenableException(String message, Throwable cause) {
        super(message, cause);
    }
}
