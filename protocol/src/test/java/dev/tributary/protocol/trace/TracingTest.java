package dev.tributary.protocol.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tributary.plan.JobId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TracingTest {

    private static final JobId JOB = new JobId("tone-5f1c2a");
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    @Test
    void theSpansOfARoundAreOneTraceWhoeverRecordsThem() {
        SpanRef round = SpanRef.round(JOB, 3, 1);

        assertThat(SpanRef.round(JOB, 3, 1)).isEqualTo(round);
        assertThat(SpanRef.plan(JOB, 3, "p").traceId()).isEqualTo(round.traceId());
        assertThat(SpanRef.round(JOB, 3, 2)).isNotEqualTo(round);
        assertThat(SpanRef.round(JOB, 4, 1).traceId()).isNotEqualTo(round.traceId());
        assertThat(round.child().traceId()).isEqualTo(round.traceId());
        assertThatThrownBy(() -> new SpanRef("0".repeat(32), "1".repeat(16))).hasMessageContaining("trace id");
    }

    @Test
    void aProcessThatWasToldNoEndpointRecordsNothing() {
        assertThat(Tracing.isWanted(Map.of("OTEL_SERVICE_NAME", "x", "OTEL_EXPORTER_OTLP_ENDPOINT", " ")))
                .isFalse();
        assertThat(Tracing.isWanted(Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://otel:4318/v1/traces")))
                .isTrue();
        assertThat(Tracing.OFF.isOn()).isFalse();
    }

    @Test
    void spansGoToTheEndpointWithTheIdsTheyWereGiven() throws Exception {
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            received.complete(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        SpanRef round = SpanRef.round(JOB, 1, 1);
        SpanRef plan = SpanRef.plan(JOB, 1, "p");
        try (OpenTelemetrySdk sdk = OtlpSdk.start(
                "tributary-test",
                Map.of(
                        "otel.exporter.otlp.endpoint",
                        "http://127.0.0.1:" + collector.getAddress().getPort(),
                        "otel.exporter.otlp.compression",
                        "none"))) {
            Tracing tracing = Tracing.into(sdk);
            tracing.record(TraceSpan.of(
                    plan, round, "train amazon", SpanKind.PRODUCER, START, START.plusSeconds(2), Map.of("agent", "a")));
            sdk.getSdkTracerProvider().forceFlush().join(30, TimeUnit.SECONDS);
            String body = new String(received.get(30, TimeUnit.SECONDS), StandardCharsets.ISO_8859_1);

            assertThat(body)
                    .contains("train amazon", "tributary-test", bytes(plan.traceId()), bytes(plan.spanId()))
                    .contains(bytes(round.spanId()));
        } finally {
            collector.stop(0);
        }
    }

    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }
}
