package dev.tributary.cli;

/** Ends a command with exit status 1; the message says what happened and what to do, and is all that is printed. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CliException(String message) {
        super(message);
    }

    public CliException(String message, Throwable cause) {
        super(message, cause);
    }
}
