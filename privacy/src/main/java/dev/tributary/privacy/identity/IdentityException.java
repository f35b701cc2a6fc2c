package dev.tributary.privacy.identity;

/** A key file that cannot be used; the message names the file and the way out. */
public class IdentityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public IdentityException(String message) {
        super(message);
    }

    public IdentityException(String message, Throwable cause) {
        super(message, cause);
    }
}
