package dev.tributary.privacy.ledger;

/** A charge as the ledger holds it. All but released ones count. */
public record Reservation(long id, Charge charge, State state) {

    public enum State {
        /** The work may be under way. */
        RESERVED,
        /** Made before the last restart and never committed: may be committed, stays spent in any case. */
        ABANDONED,
        /** Its results may have left. */
        COMMITTED,
        /** Given back; nothing had been made from it. */
        RELEASED
    }

    boolean counts() {
        return state != State.RELEASED;
    }

    Reservation with(State next) {
        return new Reservation(id, charge, next);
    }
}
