package dev.tributary.coordinator.round;

import dev.tributary.coordinator.federation.Admission;
import dev.tributary.coordinator.log.UplinkMark;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Update;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.chain.ChainHead;
import dev.tributary.protocol.chain.InboundChain;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the uplinks, verifies every message and its place in the sender's chain, looks into updates and hands all to the
 * loop in the order of each agent's channel; different agents' messages are looked at at the same time.
 */
final class Intake implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** A failure that does not come back for so long is over. */
    private static final Duration CALM = Duration.ofSeconds(3);

    private final CoordinatorTransport transport;
    private final MessageCodec codec;
    private final String federation;
    private final Inspection inspection;
    private final Consumer<Incoming> loop;
    private final Admission admission;
    private final Map<AgentId, InboundChain> chains = new HashMap<>();
    private final Map<AgentId, String> keys = new HashMap<>();
    private final Lanes lanes = new Lanes(Math.max(2, Runtime.getRuntime().availableProcessors()));
    private final Obstacles obstacles;
    private final Clock clock;
    private Instant failedAt = Instant.MIN;
    private final CountDownLatch stop = new CountDownLatch(1);

    /** Looks into an update's content; null where that is to be left to the loop. */
    @FunctionalInterface
    interface Inspection {
        @Nullable
        Finding of(AgentId from, Update update);
    }

    /** @param handled how far each agent's messages are handled */
    Intake(
            CoordinatorTransport transport,
            MessageCodec codec,
            String federation,
            Admission admission,
            Map<AgentId, UplinkMark> handled,
            Inspection inspection,
            Consumer<Incoming> loop,
            Obstacles obstacles,
            Clock clock) {
        this.transport = transport;
        this.codec = codec;
        this.federation = federation;
        this.admission = admission;
        this.inspection = inspection;
        this.loop = loop;
        this.obstacles = obstacles;
        this.clock = clock;
        handled.forEach((agent, mark) -> chains.put(agent, new InboundChain(agent.value(), mark.head())));
    }

    void stop() {
        stop.countDown();
    }

    private boolean stopped() {
        return stop.getCount() == 0;
    }

    @Override
    public void run() {
        try (lanes) {
            read();
        }
    }

    private void read() {
        while (!stopped()) {
            try {
                for (CoordinatorTransport.FromAgent m : transport.poll(Duration.ofMillis(250))) {
                    InboundChain chain = chain(m.agent());
                    lanes.run(m.agent(), () -> take(m, chain));
                }
                if (clock.instant().isAfter(failedAt.plus(CALM))) {
                    obstacles.gone(Obstacles.INTAKE, clock.instant());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stop.countDown();
            } catch (RuntimeException e) {
                if (!stopped()) {
                    LOG.debug("the intake failed", e);
                    failedAt = clock.instant();
                    obstacles.met(Obstacles.INTAKE, "Agents' messages cannot be taken in: " + e.getMessage(), failedAt);
                    pause();
                }
            }
        }
    }

    /** An agent that was enrolled anew with another key is another machine: its messages are numbered from one. */
    private InboundChain chain(AgentId agent) {
        admission.key(agent).ifPresent(key -> {
            String before = keys.put(agent, key);
            if (before != null && !before.equals(key)) {
                chains.remove(agent);
            }
        });
        return chains.computeIfAbsent(agent, a -> new InboundChain(a.value(), ChainHead.START));
    }

    private void take(CoordinatorTransport.FromAgent m, InboundChain chain) {
        Message message = open(m, chain);
        Finding finding = null;
        if (message instanceof Message.UpdateReady ready) {
            try {
                finding = inspection.of(m.agent(), ready.update());
            } catch (RuntimeException e) {
                LOG.warn("the update of {} is looked at once more: {}", m.agent(), e.getMessage());
            }
        }
        UplinkMark mark = new UplinkMark(m.resumeFrom(), chain.head());
        loop.accept(new Incoming(m.agent(), message, finding, mark, m.wireBytes()));
    }

    private @Nullable Message open(CoordinatorTransport.FromAgent m, InboundChain chain) {
        try {
            Envelope envelope = codec.open(m.agent().value(), m.signed());
            if (!envelope.federation().equals(federation)) {
                LOG.warn(
                        "message from {} is for federation '{}', this is '{}'",
                        m.agent(),
                        envelope.federation(),
                        federation);
                return null;
            }
            InboundChain.Link link = chain.accept(envelope, m.signed());
            if (link == InboundChain.Link.AFTER_GAP) {
                LOG.warn("{} of {} never came: lost by the broker, or held back", chain.missing(), m.agent());
            }
            return link == InboundChain.Link.REPEATED ? null : envelope.message();
        } catch (RejectedMessageException e) {
            LOG.warn("message from {} refused: {}: {}", m.agent(), e.reason(), e.getMessage());
            return null;
        }
    }

    private void pause() {
        try {
            if (stop.await(1, TimeUnit.SECONDS)) {
                LOG.debug("intake stopped");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop.countDown();
        }
    }
}
