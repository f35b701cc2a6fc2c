package dev.tributary.coordinator.round;

/** A request is not stored yet; the coordinator keeps it and stores it as soon as it can. */
public final class NotStoredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotStoredException(String reason) {
        super(reason + ". The request is kept and carried out as soon as it can be stored, unless the coordinator is"
                + " stopped before: look at the list of jobs before you send it again.");
    }
}
