package dev.tributary.agent.enrol;

/** The agent could not be enrolled; the message says why and what to do. */
public class EnrolmentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EnrolmentException(String message) {
        super(message);
    }

    public EnrolmentException(String message, Throwable cause) {
        super(message, cause);
    }
}
