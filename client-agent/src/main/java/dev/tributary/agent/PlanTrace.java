package dev.tributary.agent;

import dev.tributary.agent.execute.Step;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Plan;
import dev.tributary.protocol.trace.SpanRef;
import dev.tributary.protocol.trace.TraceSpan;
import dev.tributary.protocol.trace.Tracing;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one plan after the other, under the span that the coordinator records for the plan: the work as a whole,
 * and what lies between its steps. Used by the worker's thread only.
 */
final class PlanTrace {

    private final Tracing tracing;
    private final AgentId agent;
    private final Clock clock;
    private @Nullable Work work;

    PlanTrace(Tracing tracing, AgentId agent, Clock clock) {
        this.tracing = tracing;
        this.agent = agent;
        this.clock = clock;
    }

    private static final class Work {
        private final Plan plan;
        private final SpanRef sent;
        private final SpanRef ref;
        private final Instant start;
        private Instant stepStart;

        Work(Plan plan, Instant start) {
            Plan.Header header = plan.header();
            this.plan = plan;
            this.sent = SpanRef.plan(header.job(), header.round(), header.planId());
            this.ref = sent.child();
            this.start = start;
            this.stepStart = start;
        }
    }

    /** Tells this trace of every step, then {@code hook}. */
    Step.Hook before(Step.Hook hook) {
        return step -> {
            at(step);
            hook.at(step);
        };
    }

    void begin(Plan plan) {
        if (tracing.isOn()) {
            work = new Work(plan, clock.instant());
        }
    }

    /** @param error empty if all went well */
    void end(String error) {
        Work done = work;
        work = null;
        if (done != null) {
            Instant now = clock.instant();
            tracing.record(span(done, done.ref, done.sent, "agent " + agent, SpanKind.CONSUMER, done.start)
                    .until(now, error));
        }
    }

    private void at(Step step) {
        Work current = work;
        if (current == null) {
            return;
        }
        Instant now = clock.instant();
        nameOf(step, current).ifPresent(name -> {
            tracing.record(span(current, current.ref.child(), current.ref, name, SpanKind.INTERNAL, current.stepStart)
                    .until(now, ""));
            current.stepStart = now;
        });
    }

    /** What ends at a step; empty if the work before it goes on. */
    private static Optional<String> nameOf(Step step, Work work) {
        return Optional.ofNullable(
                switch (step) {
                    case FETCHED -> "fetch";
                    case TRAINED -> "train";
                    case SEALED -> work.plan instanceof Plan.Train ? "seal" : "evaluate";
                    case UPLOADED -> "upload";
                    case SENT -> "send";
                    case RECEIVED, RESERVED, KEPT, STORED, COMMITTED, MARKED_SENT -> null;
                });
    }

    private TraceSpan span(Work of, SpanRef ref, SpanRef parent, String name, SpanKind kind, Instant start) {
        Plan.Header header = of.plan.header();
        return TraceSpan.of(
                ref,
                parent,
                name,
                kind,
                start,
                start,
                Map.of(
                        "tributary.job", header.job().value(),
                        "tributary.round", "" + header.round(),
                        "tributary.attempt", "" + header.attempt(),
                        "tributary.agent", agent.value(),
                        "tributary.plan", header.planId()));
    }
}
