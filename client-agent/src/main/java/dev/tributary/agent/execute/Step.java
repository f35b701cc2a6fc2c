package dev.tributary.agent.execute;

/** The points between two steps of a plan's execution, where a crash must do no harm. */
public enum Step {
    /** Nothing done yet. */
    RECEIVED,
    /** All state blobs are in the store. */
    FETCHED,
    /** With differential privacy: the charge is in the ledger, nothing was done yet. */
    RESERVED,
    /** Trained, nothing written. */
    TRAINED,
    /** Personal tensors are stored, not yet current. */
    KEPT,
    /** The update's blob is in the outgoing store; the journal does not know it. */
    STORED,
    /** With differential privacy: the charge is final. */
    COMMITTED,
    /** The answer is in the journal. From here on the work is never done again. */
    SEALED,
    /** The answer's blob is with the broker. */
    UPLOADED,
    /** The answer is with the broker; the journal does not know it. */
    SENT,
    /** The journal knows that the answer was sent. */
    MARKED_SENT;

    /** Called at each point; tests end the agent from here. */
    @FunctionalInterface
    public interface Hook {
        Hook NONE = step -> {};

        void at(Step step);
    }
}
