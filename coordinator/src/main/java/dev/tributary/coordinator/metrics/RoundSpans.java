package dev.tributary.coordinator.metrics;

import dev.tributary.coordinator.job.Answer;
import dev.tributary.coordinator.job.Attempt;
import dev.tributary.coordinator.job.EvaluationState;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Member;
import dev.tributary.coordinator.job.Round;
import dev.tributary.coordinator.log.RecordedEvent;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.JobId;
import dev.tributary.protocol.trace.SpanRef;
import dev.tributary.protocol.trace.TraceSpan;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What an event ends, as spans: a round with its plans and its aggregation when it is published or abandoned, its
 * evaluation when that closes. Agents hang their own spans under those of their plans.
 */
final class RoundSpans {

    private RoundSpans() {}

    /** @param after the job's state with the event applied */
    static List<TraceSpan> of(JobState after, RecordedEvent recorded) {
        if (recorded.event() instanceof JobEvent.StatePublished e && e.version() > 0) {
            Round round = round(after, e.version());
            List<TraceSpan> spans = training(after, round, recorded.at(), "");
            Instant closed = round.attempt().closedAt();
            if (closed != null) {
                spans.add(span(after, round, round(after.id(), round).child(), "aggregate", closed, recorded.at()));
            }
            return spans;
        } else if (recorded.event() instanceof JobEvent.RoundAbandoned e) {
            return training(after, round(after, e.round()), recorded.at(), e.reason());
        } else if (recorded.event() instanceof JobEvent.MetricsReported e) {
            Round round = round(after, e.round());
            return List.of(evaluation(after, round, e.agent(), e.planId(), recorded.at()));
        } else if (recorded.event() instanceof JobEvent.EvaluationClosed e) {
            return evaluated(after, round(after, e.round()), recorded.at());
        }
        return List.of();
    }

    private static Round round(JobState state, int number) {
        return Objects.requireNonNull(state.rounds().get(number), "an event's round was opened");
    }

    private static SpanRef round(JobId job, Round round) {
        return SpanRef.round(job, round.number(), round.attempt().number());
    }

    private static List<TraceSpan> training(JobState state, Round round, Instant end, String error) {
        Attempt attempt = round.attempt();
        List<TraceSpan> spans = new ArrayList<>();
        TreeMap<String, String> attributes = attributes(state, round);
        attributes.put("tributary.method", state.job().aggregation().method());
        attributes.put("tributary.accepted", "" + attempt.accepted().size());
        attributes.put("tributary.bytes.up", "" + round.bytesUp());
        SpanRef root = round(state.id(), round);
        spans.add(new TraceSpan(
                root, null, "round " + round.number(), SpanKind.INTERNAL, attempt.openedAt(), end, attributes, error));
        for (Member member : attempt.members().values()) {
            Answer answer = attempt.answers().get(member.agent());
            spans.add(plan(state, round, member.agent(), member.planId(), "train", attempt.openedAt())
                    .until(answer == null ? end : answer.at(), fault(answer)));
        }
        return spans;
    }

    private static String fault(@org.jspecify.annotations.Nullable Answer answer) {
        if (answer == null) {
            return "no answer before the round closed";
        }
        return answer.reason().isEmpty() ? "" : answer.reason() + ": " + answer.message();
    }

    private static TraceSpan evaluation(JobState state, Round round, AgentId agent, String planId, Instant end) {
        Instant opened = opened(round).openedAt();
        return plan(state, round, agent, planId, "evaluate", opened).until(end, "");
    }

    private static EvaluationState opened(Round round) {
        return Objects.requireNonNull(round.evaluation(), "an evaluation that ends was opened");
    }

    /** Those who reported have their spans already. */
    private static List<TraceSpan> evaluated(JobState state, Round round, Instant end) {
        EvaluationState evaluation = opened(round);
        List<TraceSpan> spans = new ArrayList<>();
        SpanRef ref = round(state.id(), round).child();
        spans.add(span(state, round, ref, "evaluate", evaluation.openedAt(), end));
        evaluation.plans().forEach((agent, planId) -> {
            if (!evaluation.metrics().containsKey(agent)) {
                String why = evaluation.missing().getOrDefault(agent, "no answer before the evaluation closed");
                spans.add(plan(state, round, agent, planId, "evaluate", evaluation.openedAt())
                        .until(end, why));
            }
        });
        return spans;
    }

    private static TraceSpan span(JobState state, Round round, SpanRef ref, String name, Instant start, Instant end) {
        return TraceSpan.of(
                ref, round(state.id(), round), name, SpanKind.INTERNAL, start, end, attributes(state, round));
    }

    private static TraceSpan plan(
            JobState state, Round round, AgentId agent, String planId, String work, Instant start) {
        TreeMap<String, String> attributes = attributes(state, round);
        attributes.put("tributary.agent", agent.value());
        attributes.put("tributary.plan", planId);
        return TraceSpan.of(
                SpanRef.plan(state.id(), round.number(), planId),
                round(state.id(), round),
                work + " " + agent,
                SpanKind.PRODUCER,
                start,
                start,
                attributes);
    }

    private static TreeMap<String, String> attributes(JobState state, Round round) {
        return new TreeMap<>(Map.of(
                "tributary.job", state.id().value(),
                "tributary.round", "" + round.number(),
                "tributary.attempt", "" + round.attempt().number()));
    }
}
