package dev.tributary.protocol.trace;

import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Work that is over.
 *
 * @param parent null for the first span of a trace
 * @param error why it failed, empty if it did not
 */
public record TraceSpan(
        SpanRef ref,
        @Nullable SpanRef parent,
        String name,
        SpanKind kind,
        Instant start,
        Instant end,
        SortedMap<String, String> attributes,
        String error) {

    public TraceSpan {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        end = end.isBefore(start) ? start : end;
    }

    /** Without an error. */
    public static TraceSpan of(
            SpanRef ref,
            @Nullable SpanRef parent,
            String name,
            SpanKind kind,
            Instant start,
            Instant end,
            Map<String, String> attributes) {
        return new TraceSpan(ref, parent, name, kind, start, end, new TreeMap<>(attributes), "");
    }

    /** @param why empty if it did not fail */
    public TraceSpan until(Instant time, String why) {
        return new TraceSpan(ref, parent, name, kind, start, time, attributes, why);
    }
}
