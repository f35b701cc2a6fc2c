package dev.tributary.protocol.trace;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ids of the span that this thread is about to start; random ones for spans of others. */
final class GivenIds implements IdGenerator {

    static final GivenIds INSTANCE = new GivenIds();

    private final ThreadLocal<@Nullable SpanRef> next = new ThreadLocal<>();

    private GivenIds() {}

    <T> T with(SpanRef ref, Supplier<T> start) {
        next.set(ref);
        try {
            return start.get();
        } finally {
            next.remove();
        }
    }

    @Override
    public String generateSpanId() {
        SpanRef ref = next.get();
        return ref == null ? IdGenerator.random().generateSpanId() : ref.spanId();
    }

    @Override
    public String generateTraceId() {
        SpanRef ref = next.get();
        return ref == null ? IdGenerator.random().generateTraceId() : ref.traceId();
    }
}
