package dev.tributary.adapter;

/** A file or message whose bytes break its format. The message says where and what was expected. */
public class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FormatException(String message) {
        super(message);
    }

    public FormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
