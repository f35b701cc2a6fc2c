package dev.tributary.coordinator.metrics;

import dev.tributary.protocol.trace.SpanRef;
import dev.tributary.protocol.trace.TraceSpan;
import dev.tributary.protocol.trace.Tracing;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.opentelemetry.api.trace.SpanKind;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;

/**
 * A span for every request to page and REST, where tracing is on: in the trace that the caller's {@code traceparent} names
 * (W3C Trace Context), else in one of its own. Health, figures and assets are left out.
 */
@Component
class RequestSpans implements ObservationHandler<ServerRequestObservationContext> {

    private static final Pattern PARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");
    private static final List<String> LEFT_OUT = List.of("/actuator/", "/assets/");
    private static final int SAMPLED = 1;
    private static final int FIRST_FAULT_OF_OURS = 500;

    private final Tracing tracing;
    private final Clock clock;

    RequestSpans(ObjectProvider<Tracing> given, Clock clock) {
        this.tracing = given.getIfAvailable(() -> Tracing.ofProcess("tributary-coordinator"));
        this.clock = clock;
    }

    /** Where a request comes from: {@code span} is null without a usable header. */
    private record Caller(@Nullable SpanRef span, boolean wantsSpans) {

        static Caller of(@Nullable String header) {
            Matcher parts = PARENT.matcher(header == null ? "" : header);
            if (!parts.matches()
                    || parts.group(1).matches("0*")
                    || parts.group(2).matches("0*")) {
                return new Caller(null, true);
            }
            boolean sampled = (Integer.parseInt(parts.group(3), 16) & SAMPLED) != 0;
            return new Caller(new SpanRef(parts.group(1), parts.group(2)), sampled);
        }
    }

    private static HttpServletRequest requestOf(ServerRequestObservationContext context) {
        return Objects.requireNonNull(context.getCarrier(), "a request to a server is at hand");
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return tracing.isOn()
                && context instanceof ServerRequestObservationContext request
                && LEFT_OUT.stream().noneMatch(requestOf(request).getRequestURI()::startsWith);
    }

    @Override
    public void onStart(ServerRequestObservationContext context) {
        context.put(Instant.class, clock.instant());
    }

    @Override
    public void onStop(ServerRequestObservationContext context) {
        Caller caller = Caller.of(requestOf(context).getHeader("traceparent"));
        Instant start = context.get(Instant.class);
        if (start == null || !caller.wantsSpans()) {
            return;
        }
        String method = requestOf(context).getMethod();
        String route = context.getPathPattern();
        TreeMap<String, String> attributes = new TreeMap<>();
        attributes.put("http.request.method", method);
        attributes.put("url.path", requestOf(context).getRequestURI());
        if (route != null) {
            attributes.put("http.route", route);
        }
        int status = context.getResponse() == null ? 0 : context.getResponse().getStatus();
        if (status > 0) {
            attributes.put("http.response.status_code", "" + status);
        }
        SpanRef span = caller.span() == null ? SpanRef.first() : caller.span().child();
        tracing.record(new TraceSpan(
                span,
                caller.span(),
                route == null ? method : method + " " + route,
                SpanKind.SERVER,
                start,
                clock.instant(),
                attributes,
                status >= FIRST_FAULT_OF_OURS ? "status " + status : ""));
    }
}
