package dev.tributary.agent;

import dev.tributary.agent.enrol.CertificateRenewal;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.TransportException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers, then tells regularly that the agent lives and what it does: at once when that changes, yet not too often. */
final class HeartbeatLoop {

    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatLoop.class);
    private static final Duration SHORTEST_GAP = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final AgentId agent;
    private final Outbox outbox;
    private final ProgressBoard board;
    private final Supplier<AgentProfile> profile;
    private final String publicKey;
    private final Duration interval;
    private final Optional<CertificateRenewal> renewal;
    private final CountDownLatch registered = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    HeartbeatLoop(
            AgentId agent,
            Outbox outbox,
            ProgressBoard board,
            Supplier<AgentProfile> profile,
            String publicKey,
            Duration interval,
            Optional<CertificateRenewal> renewal) {
        this.agent = agent;
        this.outbox = outbox;
        this.board = board;
        this.profile = profile;
        this.publicKey = publicKey;
        this.interval = interval;
        this.renewal = renewal;
    }

    void run() throws InterruptedException {
        AgentProfile told = profile.get();
        while (!trySend(new Message.Register(told, publicKey), "registering")) {
            if (isClosedAfter(RETRY)) {
                return;
            }
        }
        registered.countDown();
        LOG.info("agent {} is registered", agent);
        long seen = 0;
        while (!isClosedAfter(SHORTEST_GAP.compareTo(interval) < 0 ? SHORTEST_GAP : interval)) {
            seen = board.awaitChange(seen, interval.toNanos());
            AgentProfile now = profile.get();
            if (told.tokensPerSecond() == 0 && now.tokensPerSecond() > 0) {
                if (trySend(new Message.Register(now, publicKey), "registering")) {
                    told = now;
                }
            }
            trySend(new Message.Heartbeat(agent, board.all()), "a heartbeat");
            renewal.flatMap(CertificateRenewal::due).ifPresent(request -> trySend(request, "asking for a certificate"));
        }
    }

    private boolean trySend(Message message, String what) {
        try {
            outbox.send(message);
            return true;
        } catch (TransportException | UncheckedIOException e) {
            LOG.warn("{} failed, trying again: {}", what, e.getMessage());
            return false;
        }
    }

    private boolean isClosedAfter(Duration time) throws InterruptedException {
        return closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns when the coordinator can know this agent, or the loop is closed. */
    void awaitRegistered() throws InterruptedException {
        while (!registered.await(100, TimeUnit.MILLISECONDS) && closed.getCount() > 0) {
            // The loop retries; there is nothing else to do before.
        }
    }

    void close() {
        closed.countDown();
    }
}
