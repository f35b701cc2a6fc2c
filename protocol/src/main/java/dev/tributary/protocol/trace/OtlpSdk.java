package dev.tributary.protocol.trace;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.HashMap;
import java.util.Map;

/** OpenTelemetry's SDK as its environment variables configure it; apart, so that without tracing no class of it loads. */
final class OtlpSdk {

    private OtlpSdk() {}

    /** @param settings {@code otel.*} in place of what the environment does not say */
    static OpenTelemetrySdk start(String service, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "otel.service.name", service,
                "otel.exporter.otlp.protocol", "http/protobuf",
                "otel.metrics.exporter", "none",
                "otel.logs.exporter", "none"));
        all.putAll(settings);
        return AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> all)
                .addTracerProviderCustomizer((provider, config) -> Tracing.givenIds(provider))
                .build()
                .getOpenTelemetrySdk();
    }
}
