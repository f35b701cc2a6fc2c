package dev.tributary.protocol.kafka;

import dev.tributary.protocol.TransportException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka clients with our settings, and waits for their answers within bounds. */
final class Clients {
    private static final int FETCH_BYTES = 8 << 20;

    private final KafkaSettings settings;
    private final String clientId;

    Clients(KafkaSettings settings, String clientId) {
        this.settings = settings;
        this.clientId = clientId;
    }

    /**
     * Two requests in flight: a cut link makes at most two chunks be sent again, and one request still travels while the
     * answer to another does.
     */
    KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> config = common();
        int delivery = millis(settings.deliveryTimeout());
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        config.put("compression.type", "none");
        config.put("max.in.flight.requests.per.connection", 2);
        config.put("linger.ms", 0);
        config.put("batch.size", 16_384);
        config.put("buffer.memory", 16L << 20);
        config.put("max.block.ms", millis(settings.operationTimeout()));
        config.put("delivery.timeout.ms", delivery);
        config.put("request.timeout.ms", Math.min(30_000, delivery));
        config.put("retry.backoff.ms", 100);
        config.put("retry.backoff.max.ms", 1000);
        config.putAll(settings.client());
        return create(() -> new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /** Assigned by hand, positions kept by us; positions that are gone fall back to the beginning. */
    KafkaConsumer<byte[], byte[]> consumer(String purpose) {
        Map<String, Object> config = common();
        config.put("client.id", clientId + "-" + purpose);
        config.put("enable.auto.commit", false);
        config.put("allow.auto.create.topics", false);
        config.put("auto.offset.reset", "earliest");
        config.put("fetch.max.bytes", FETCH_BYTES);
        config.put("max.partition.fetch.bytes", FETCH_BYTES / 2);
        config.put("default.api.timeout.ms", millis(settings.operationTimeout()));
        config.put("request.timeout.ms", Math.min(30_000, millis(settings.operationTimeout())));
        config.putAll(settings.client());
        return create(() -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    Admin admin() {
        Map<String, Object> config = common();
        config.put("default.api.timeout.ms", millis(settings.operationTimeout()));
        config.put("request.timeout.ms", Math.min(10_000, millis(settings.operationTimeout())));
        config.putAll(settings.client());
        return create(() -> Admin.create(config));
    }

    private Map<String, Object> common() {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", settings.bootstrapServers());
        config.put("client.id", clientId);
        config.put("reconnect.backoff.ms", 50);
        config.put("reconnect.backoff.max.ms", 1000);
        config.put("socket.connection.setup.timeout.ms", 5000);
        config.put("socket.connection.setup.timeout.max.ms", 10_000);
        config.put("enable.metrics.push", false);
        return config;
    }

    /** Waits for an answer; every way it can fail becomes a {@link TransportException} that says what was tried. */
    <T> T await(Future<T> answer, Duration limit, String what) {
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failed(what, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw failed(what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(what, e);
        }
    }

    TransportException failed(String what, Throwable cause) {
        String check;
        if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
            check = "The broker is there but refuses: check this side's certificate and its access rights.";
        } else if (cause instanceof InterruptedException
                || cause instanceof org.apache.kafka.common.errors.InterruptException) {
            check = "The wait was interrupted.";
        } else {
            check = "Check that the broker runs, that this machine reaches it, and that the address it advertises "
                    + "(advertised.listeners) can be reached from here.";
        }
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new TransportException(
                "Kafka at " + settings.bootstrapServers() + " could not " + what + ": " + why + ". " + check, cause);
    }

    private <T> T create(java.util.function.Supplier<T> constructor) {
        try {
            return constructor.get();
        } catch (KafkaException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new TransportException(
                    "Cannot make a Kafka client for '" + settings.bootstrapServers() + "': " + root.getMessage()
                            + ". Check the broker address (host:port) and the client settings.",
                    e);
        }
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
