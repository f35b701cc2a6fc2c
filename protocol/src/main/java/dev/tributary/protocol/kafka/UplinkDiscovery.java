package dev.tributary.protocol.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks now and then which topics there are, without waiting for the answer. For one thread. */
final class UplinkDiscovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UplinkDiscovery.class);

    private final Admin admin;
    private final long intervalNanos;
    private final int limitMillis;
    private @Nullable CompletableFuture<Set<String>> asked;
    private long askedAt;

    UplinkDiscovery(Admin admin, KafkaSettings settings) {
        this.admin = admin;
        this.intervalNanos = settings.discoveryInterval().toNanos();
        this.limitMillis = Math.toIntExact(settings.operationTimeout().toMillis());
    }

    /** The topics there are, if an answer has come since the last call; asks again when it is time. */
    Set<String> news() {
        CompletableFuture<Set<String>> answer = asked;
        Set<String> topics = Set.of();
        if (answer != null && answer.isDone()) {
            asked = null;
            try {
                topics = answer.join();
            } catch (CompletionException | CancellationException e) {
                LOG.debug("Listing topics failed, will be tried again", e);
            }
        }
        if (asked == null && (askedAt == 0 || System.nanoTime() - askedAt >= intervalNanos)) {
            ask();
        }
        return topics;
    }

    private void ask() {
        askedAt = System.nanoTime();
        ListTopicsOptions options = new ListTopicsOptions().timeoutMs(limitMillis);
        asked = admin.listTopics(options).names().toCompletionStage().toCompletableFuture();
    }

    /** Waits until an answer has come, at most {@code limit}. */
    void await(Duration limit) {
        CompletableFuture<Set<String>> answer = asked == null ? new CompletableFuture<>() : asked;
        try {
            answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.trace("no list of topics yet", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
