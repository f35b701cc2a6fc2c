package dev.tributary.coordinator.round;

import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.RejectedMessageException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the uplinks, verifies every message and hands it to the loop in the order of its channel. */
final class Intake implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final CoordinatorTransport transport;
    private final MessageCodec codec;
    private final String federation;
    private final Consumer<Incoming> loop;
    private final CountDownLatch stop = new CountDownLatch(1);

    Intake(CoordinatorTransport transport, MessageCodec codec, String federation, Consumer<Incoming> loop) {
        this.transport = transport;
        this.codec = codec;
        this.federation = federation;
        this.loop = loop;
    }

    void stop() {
        stop.countDown();
    }

    private boolean stopped() {
        return stop.getCount() == 0;
    }

    @Override
    public void run() {
        while (!stopped()) {
            try {
                for (CoordinatorTransport.FromAgent m : transport.poll(Duration.ofMillis(250))) {
                    loop.accept(new Incoming(m.agent(), open(m), m.resumeFrom(), m.wireBytes()));
                }
            } catch (RuntimeException e) {
                if (!stopped()) {
                    LOG.warn("cannot read from agents now, trying again in 1 s: {}", e.getMessage());
                    pause();
                }
            }
        }
    }

    private @Nullable Message open(CoordinatorTransport.FromAgent m) {
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
            return envelope.message();
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
