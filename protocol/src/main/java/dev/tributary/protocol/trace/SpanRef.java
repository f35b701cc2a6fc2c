package dev.tributary.protocol.trace;

import dev.tributary.plan.JobId;
import dev.tributary.protocol.blob.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A span in its trace. Ids follow from job, round and plan, which both sides know, so that a trace holds together across
 * restarts and needs nothing more on the wire.
 *
 * @param traceId 16 bytes in hex, one trace per job and round; requests have traces of their own
 * @param spanId 8 bytes in hex
 */
public record SpanRef(String traceId, String spanId) {

    private static final int TRACE_DIGITS = 32;
    private static final int SPAN_DIGITS = 16;

    public SpanRef {
        check("trace", traceId, TRACE_DIGITS);
        check("span", spanId, SPAN_DIGITS);
    }

    private static void check(String what, String id, int digits) {
        if (!id.matches("[0-9a-f]{" + digits + "}") || id.matches("0*")) {
            throw new IllegalArgumentException(what + " id must be " + digits + " hex digits, not all 0, was " + id);
        }
    }

    /** An attempt at a round, as a whole. */
    public static SpanRef round(JobId job, int round, int attempt) {
        return new SpanRef(trace(job, round), hash("attempt " + job + " " + round + " " + attempt, SPAN_DIGITS));
    }

    /** A plan, from its sending to its answer. */
    public static SpanRef plan(JobId job, int round, String planId) {
        return new SpanRef(trace(job, round), hash("plan " + planId, SPAN_DIGITS));
    }

    /** The first span of a new trace, of work that belongs to no round. */
    public static SpanRef first() {
        return new SpanRef(digits() + digits(), digits());
    }

    /** A new span in the same trace. */
    public SpanRef child() {
        return new SpanRef(traceId, digits());
    }

    private static String digits() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    }

    private static String trace(JobId job, int round) {
        return hash("round " + job + " " + round, TRACE_DIGITS);
    }

    private static String hash(String text, int digits) {
        return Sha256.hex(Sha256.of(text.getBytes(StandardCharsets.UTF_8))).substring(0, digits);
    }
}
