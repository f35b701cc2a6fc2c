package dev.tributary.coordinator.log;

import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions that only the leader of one epoch carries out; a call within another one joins it. */
public final class LeaderTransaction {

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final long epoch;

    /** @param epoch in which this coordinator leads */
    public LeaderTransaction(JdbcClient jdbc, TransactionTemplate transaction, long epoch) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.epoch = epoch;
    }

    public long epoch() {
        return epoch;
    }

    /** Carries out all of it or nothing. @throws ConflictException if another coordinator leads by now */
    public <T> T execute(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(status -> {
            checkLeader();
            return work.get();
        }));
    }

    /** As {@link #execute}, with nothing to give back. */
    public void run(Runnable work) {
        transaction.executeWithoutResult(status -> {
            checkLeader();
            work.run();
        });
    }

    /** The row lock also makes transactions one after the other, so that outbox ids follow the order of commits. */
    private void checkLeader() {
        long current = jdbc.sql("select epoch from leader where id = 1 for update")
                .query(Long.class)
                .single();
        if (current != epoch) {
            throw new ConflictException("this coordinator led in epoch " + epoch + ", another one leads in " + current);
        }
    }
}
