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
    private final Map<AgentId, Line> lines = new HashMap<>();
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

    /** An agent's messages as long as it signs by one key; the key is empty while it is not known. */
    private record Line(InboundChain chain, String key) {}

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
        handled.forEach((agent, mark) ->
                lines.put(agent, new Line(new InboundChain(agent.value(), mark.head()), mark.key())));
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
                    Line line = line(m.agent());
                    lanes.run(m.agent(), () -> take(m, line));
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

    /** An agent that came anew with another key is another machine: its messages are numbered from one. */
    private Line line(AgentId agent) {
        String key = admission.key(agent).orElse("");
        Line line = lines.get(agent);
        if (line == null || !key.isEmpty() && !line.key().isEmpty() && !key.equals(line.key())) {
            line = new Line(new InboundChain(agent.value(), ChainHead.START), key);
        } else if (line.key().isEmpty()) {
            line = new Line(line.chain(), key);
        }
        lines.put(agent, line);
        return line;
    }

    private void take(CoordinatorTransport.FromAgent m, Line line) {
        Message message = open(m, line.chain());
        Finding finding = null;
        if (message instanceof Message.UpdateReady ready) {
            try {
                finding = inspection.of(m.agent(), ready.update());
            } catch (RuntimeException e) {
                LOG.warn("the update of {} is looked at once more: {}", m.agent(), e.getMessage());
            }
        }
        UplinkMark mark = new UplinkMark(m.resumeFrom(), line.chain().head(), line.key());
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
