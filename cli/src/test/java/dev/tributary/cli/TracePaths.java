package dev.tributary.cli;

import dev.tributary.plan.JobId;
import dev.tributary.protocol.trace.SpanRef;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The spans of one round as paths of names, from the round down. */
final class TracePaths {

    private TracePaths() {}

    static Set<String> of(Collection<SpanData> spans, String job, int round) {
        String trace = SpanRef.round(new JobId(job), round, 1).traceId();
        Map<String, SpanData> byId = spans.stream()
                .filter(span -> span.getTraceId().equals(trace))
                .collect(Collectors.toMap(SpanData::getSpanId, span -> span));
        return byId.values().stream().map(span -> path(span, byId)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String path(SpanData span, Map<String, SpanData> byId) {
        SpanData parent = byId.get(span.getParentSpanId());
        String above = parent != null
                ? path(parent, byId) + "/"
                : span.getParentSpanContext().isValid() ? "?/" : "";
        return above + span.getName();
    }
}
