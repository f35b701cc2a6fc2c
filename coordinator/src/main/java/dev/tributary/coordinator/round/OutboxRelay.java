package dev.tributary.coordinator.round;

import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.OutboxRow;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.CoordinatorTransport.ToAgent;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.LogHead;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.chain.ChainHead;
import dev.tributary.protocol.chain.OutboundChain;
import dev.tributary.protocol.crash.CrashPoint;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what the outbox holds, in order and many at once, and removes it afterwards: after a crash in between the same
 * bytes are sent again, and agents know a message that they have had.
 */
final class OutboxRelay implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    private static final int BATCH = 100;

    private final EventStore store;
    private final CoordinatorTransport transport;
    private final MessageCodec codec;
    private final String federation;
    private final Supplier<Optional<LogHead>> logHead;
    private final Semaphore filled = new Semaphore(1);
    private volatile boolean stopped;

    /** @param logHead for round results; asked outside of the store's transactions */
    OutboxRelay(
            EventStore store,
            CoordinatorTransport transport,
            MessageCodec codec,
            String federation,
            Supplier<Optional<LogHead>> logHead) {
        this.logHead = logHead;
        this.store = store;
        this.transport = transport;
        this.codec = codec;
        this.federation = federation;
    }

    /** There is something to send. */
    void wake() {
        filled.release();
    }

    void stop() {
        stopped = true;
        wake();
    }

    @Override
    public void run() {
        while (!stopped) {
            try {
                if (sendBatch() < BATCH) {
                    await(1000);
                }
            } catch (RuntimeException e) {
                if (!stopped) {
                    LOG.warn("cannot send to agents now, trying again in 1 s: {}", e.getMessage());
                    await(1000);
                }
            }
        }
    }

    private int sendBatch() {
        List<OutboxRow> rows = store.unsent(BATCH);
        if (rows.isEmpty()) {
            return 0;
        }
        LogHead log = rows.stream().anyMatch(row -> row.message() instanceof Message.Verdict)
                ? logHead.get().orElse(null)
                : null;
        List<byte[]> signed = store.sealed(rows, (row, head) -> seal(row, head, log));
        List<ToAgent> messages = IntStream.range(0, rows.size())
                .mapToObj(i -> new ToAgent(rows.get(i).to(), signed.get(i)))
                .toList();
        pass(CrashPoint.BEFORE_SEND, rows);
        transport.send(messages);
        pass(CrashPoint.AFTER_SEND, rows);
        store.removeSent(rows.stream().map(OutboxRow::id).toList());
        pass(CrashPoint.AFTER_MARK_SENT, rows);
        return rows.size();
    }

    private byte[] seal(OutboxRow row, ChainHead head, @Nullable LogHead log) {
        return new OutboundChain(
                        codec, federation, Envelope.COORDINATOR, row.to().value())
                .seal(head, row.createdAt(), complete(row.message(), log));
    }

    private static void pass(CrashPoint point, List<OutboxRow> rows) {
        rows.forEach(row -> point.pass(row.message().getClass().getSimpleName()));
    }

    /** With what is not kept in the log: the leader's epoch, the keys of sealed blobs, the log's head. */
    private Message complete(Message message, @Nullable LogHead log) {
        long epoch = store.epoch();
        if (message instanceof Message.Command m) {
            return new Message.Command(
                    m.plan(), m.blobs().stream().map(transport::withKey).toList(), epoch);
        } else if (message instanceof Message.Cancel m) {
            return new Message.Cancel(m.job(), m.planId(), m.reason(), epoch);
        } else if (message instanceof Message.Verdict m) {
            return new Message.Verdict(m.planId(), m.job(), m.round(), m.accepted(), m.reason(), epoch, log);
        } else if (message instanceof Message.CertificateIssued) {
            return message;
        }
        throw new IllegalStateException(message.getClass().getSimpleName() + " is not sent to agents");
    }

    private void await(long millis) {
        try {
            if (filled.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
                filled.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }
}
