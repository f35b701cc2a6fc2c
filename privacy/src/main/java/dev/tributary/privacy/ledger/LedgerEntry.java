package dev.tributary.privacy.ledger;

import java.time.Instant;

/** One line of a ledger. */
sealed interface LedgerEntry {

    long sequence();

    Instant time();

    record Opened(long sequence, Instant time, LedgerScope scope) implements LedgerEntry {}

    /** @param epsilon spent at {@code delta} with this charge, as found when it was made */
    record Reserved(long sequence, Instant time, Charge charge, double epsilon, double delta) implements LedgerEntry {}

    record Committed(long sequence, Instant time, long reservation) implements LedgerEntry {}

    record Released(long sequence, Instant time, long reservation) implements LedgerEntry {}
}
