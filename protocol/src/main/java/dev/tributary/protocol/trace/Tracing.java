package dev.tributary.protocol.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Where spans go; nowhere, unless the process was told an endpoint. Safe for use by many threads. */
public final class Tracing {

    public static final Tracing OFF = new Tracing(null);

    private static final String INSTRUMENTATION = "dev.tributary";
    private static final Map<String, Tracing> OF_PROCESS = new ConcurrentHashMap<>();

    private final @Nullable Tracer tracer;

    private Tracing(@Nullable Tracer tracer) {
        this.tracer = tracer;
    }

    /** Into an SDK whose provider went through {@link #givenIds}. */
    public static Tracing into(OpenTelemetry sdk) {
        return new Tracing(sdk.getTracer(INSTRUMENTATION));
    }

    /** Makes a provider take span and trace ids from what is recorded here. */
    public static SdkTracerProviderBuilder givenIds(SdkTracerProviderBuilder provider) {
        return provider.setIdGenerator(GivenIds.INSTANCE);
    }

    /**
     * What OpenTelemetry's environment variables say; off without {@code OTEL_EXPORTER_OTLP_ENDPOINT} or
     * {@code OTEL_EXPORTER_OTLP_TRACES_ENDPOINT}.
     *
     * @param service name that the spans come under, unless {@code OTEL_SERVICE_NAME} says another
     */
    public static Tracing ofProcess(String service) {
        return isWanted(System.getenv())
                ? OF_PROCESS.computeIfAbsent(service, name -> into(OtlpSdk.start(name, Map.of())))
                : OFF;
    }

    static boolean isWanted(Map<String, String> environment) {
        return !environment.getOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT", "").isBlank()
                || !environment
                        .getOrDefault("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")
                        .isBlank();
    }

    public boolean isOn() {
        return tracer != null;
    }

    public void record(TraceSpan span) {
        if (tracer == null) {
            return;
        }
        SpanBuilder builder = tracer.spanBuilder(span.name())
                .setSpanKind(span.kind())
                .setStartTimestamp(span.start())
                .setParent(contextOf(span.parent()));
        span.attributes().forEach(builder::setAttribute);
        Span started = GivenIds.INSTANCE.with(span.ref(), builder::startSpan);
        if (!span.error().isEmpty()) {
            started.setStatus(StatusCode.ERROR, span.error());
        }
        started.end(span.end());
    }

    private static Context contextOf(@Nullable SpanRef parent) {
        if (parent == null) {
            return Context.root();
        }
        SpanContext remote = SpanContext.createFromRemoteParent(
                parent.traceId(), parent.spanId(), TraceFlags.getSampled(), TraceState.getDefault());
        return Context.root().with(Span.wrap(remote));
    }
}
