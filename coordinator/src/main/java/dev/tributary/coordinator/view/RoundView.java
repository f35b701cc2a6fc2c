package dev.tributary.coordinator.view;

import dev.tributary.coordinator.job.Answer;
import dev.tributary.coordinator.job.Attempt;
import dev.tributary.coordinator.job.Diagnostics;
import dev.tributary.coordinator.job.EvaluationState;
import dev.tributary.coordinator.job.Publication;
import dev.tributary.coordinator.job.Round;
import dev.tributary.coordinator.job.RoundPhase;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Update;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One round as reports show it.
 *
 * @param attempt number of the newest attempt
 * @param phase in lower case
 * @param cohort everybody who was asked
 * @param accepted agents whose update counts
 * @param rejected agents whose update was rejected or who refused their plan, with the reason
 * @param late agents that were lost or had not answered when the round closed
 * @param countedLate plans of earlier rounds whose late updates count in this one
 * @param waiting agents whose update is awaited now
 * @param metrics of this round's aggregated adapter; empty while nothing was reported
 * @param bytesUp bytes of the accepted updates on the wire
 * @param bytesDown bytes that agents fetched
 * @param traffic bytes of each agent that sent or fetched any
 * @param aggregationError relative to the ideal mean delta; null where it is not defined
 * @param aggregation further figures about the aggregation ({@code updateNorm, idealNorm, droppedNorm, residualNorm,
 *     residualRank, cosineMean, cosineMin, denseBytesUp, ...}), as far as they are defined
 * @param epsilon privacy spent so far; null without privacy accounting
 * @param seconds {@code total, train, aggregate, publish, evaluate}, as far as they are known
 * @param abandoned why earlier attempts were abandoned
 */
public record RoundView(
        int round,
        int attempt,
        String phase,
        List<String> cohort,
        List<String> accepted,
        List<Rejection> rejected,
        List<String> late,
        List<String> countedLate,
        List<String> waiting,
        RoundMetrics metrics,
        long bytesUp,
        long bytesDown,
        SortedMap<String, Traffic> traffic,
        @Nullable Double aggregationError,
        @Nullable Double worstModuleError,
        @Nullable String worstModule,
        SortedMap<String, Double> aggregation,
        @Nullable Double epsilon,
        SortedMap<String, Double> seconds,
        Instant openedAt,
        List<String> abandoned) {

    private static final int FEW = 8;

    /**
     * Bytes of one agent.
     *
     * @param up of its update on the wire
     * @param down fetched for its training and evaluation
     */
    public record Traffic(long up, long down) {}

    /** The same with whose they are. */
    public record AgentTraffic(String agent, long up, long down) {}

    /** @param reason short code, for example {@code not-finite} */
    public record Rejection(String agent, String reason, String message) {}

    /**
     * @param mean plain mean over the agents
     * @param agents figures by agent id; {@code examples} is how many held-out examples stand behind them
     */
    public record RoundMetrics(SortedMap<String, Double> mean, SortedMap<String, SortedMap<String, Double>> agents) {}

    public static RoundView of(Round round) {
        Attempt attempt = round.attempt();
        Publication publication = round.publication();
        return new RoundView(
                round.number(),
                attempt.number(),
                JobView.lower(attempt.phase()),
                names(List.copyOf(attempt.members().keySet())),
                names(attempt.isOpen() ? attempt.with(Answer.Kind.ACCEPTED) : attempt.accepted()),
                rejections(attempt),
                late(attempt),
                attempt.late(),
                attempt.isOpen() ? names(attempt.waiting()) : List.of(),
                metrics(round.evaluation()),
                round.bytesUp(),
                round.bytesDown(),
                traffic(round),
                publication == null ? null : finite(publication.diagnostics().aggregationError()),
                publication == null ? null : finite(publication.diagnostics().worstModuleError()),
                publication == null ? null : publication.diagnostics().worstModule(),
                figures(publication),
                epsilon(attempt, publication),
                seconds(round),
                attempt.openedAt(),
                round.attempts().stream()
                        .filter(a -> a.phase() == RoundPhase.ABANDONED)
                        .map(a -> "attempt " + a.number() + ": " + a.cause())
                        .toList());
    }

    private static SortedMap<String, Traffic> traffic(Round round) {
        SortedMap<AgentId, Long> up = round.bytesUpByAgent();
        SortedMap<AgentId, Long> down = round.bytesDownByAgent();
        SortedMap<String, Traffic> traffic = new TreeMap<>();
        Stream.concat(up.keySet().stream(), down.keySet().stream())
                .forEach(agent -> traffic.put(
                        agent.value(), new Traffic(up.getOrDefault(agent, 0L), down.getOrDefault(agent, 0L))));
        return traffic;
    }

    private static SortedMap<String, Double> figures(@Nullable Publication publication) {
        SortedMap<String, Double> figures = new TreeMap<>();
        if (publication != null) {
            figures.putAll(publication.diagnostics().more());
            figures.remove(Diagnostics.EPSILON); // has a place of its own
            figures.values().removeIf(value -> !Double.isFinite(value));
        }
        return figures;
    }

    /** The most that a member's ledger, or the coordinator's own, has charged to this job. */
    private static @Nullable Double epsilon(Attempt attempt, @Nullable Publication publication) {
        double own =
                publication == null ? Double.NaN : publication.diagnostics().epsilon();
        return Stream.concat(
                        Stream.concat(attempt.updates().stream(), lateUpdates(attempt))
                                .map(update -> update.training().get("epsilon")),
                        Stream.of(own))
                .filter(Double::isFinite)
                .max(Double::compare)
                .orElse(null);
    }

    private static Stream<Update> lateUpdates(Attempt attempt) {
        return attempt.answers().values().stream()
                .filter(answer -> answer.kind() == Answer.Kind.DEFERRED)
                .flatMap(answer -> Stream.ofNullable(answer.update()));
    }

    private static List<Rejection> rejections(Attempt attempt) {
        return attempt.answers().entrySet().stream()
                .filter(e -> e.getValue().kind() == Answer.Kind.REJECTED
                        || e.getValue().kind() == Answer.Kind.REFUSED)
                .map(e -> new Rejection(
                        e.getKey().value(), e.getValue().reason(), e.getValue().message()))
                .toList();
    }

    private static List<String> late(Attempt attempt) {
        List<AgentId> late = new ArrayList<>(attempt.with(Answer.Kind.LOST));
        late.addAll(attempt.with(Answer.Kind.DEFERRED));
        if (!attempt.isOpen()) {
            late.addAll(attempt.waiting());
        }
        return names(late.stream().sorted().toList());
    }

    private static RoundMetrics metrics(@Nullable EvaluationState evaluation) {
        SortedMap<String, SortedMap<String, Double>> agents = new TreeMap<>();
        if (evaluation == null) {
            return new RoundMetrics(new TreeMap<>(), agents);
        }
        evaluation.metrics().forEach((agent, m) -> {
            SortedMap<String, Double> figures = new TreeMap<>(m.values());
            figures.put("examples", (double) m.examples());
            agents.put(agent.value(), figures);
        });
        return new RoundMetrics(evaluation.mean(), agents);
    }

    private static SortedMap<String, Double> seconds(Round round) {
        SortedMap<String, Double> seconds = new TreeMap<>();
        Instant begin = round.attempts().get(0).openedAt();
        Instant closed = round.attempt().closedAt();
        Publication publication = round.publication();
        EvaluationState evaluation = round.evaluation();
        if (closed != null) {
            seconds.put("train", between(begin, closed));
            seconds.put("total", between(begin, closed));
        }
        if (publication != null) {
            seconds.put("aggregate", publication.aggregateSeconds());
            seconds.put("publish", publication.publishSeconds());
            seconds.put("total", between(begin, publication.at()));
        }
        if (evaluation != null && evaluation.closedAt() != null) {
            seconds.put("evaluate", between(evaluation.openedAt(), evaluation.closedAt()));
            seconds.put("total", between(begin, evaluation.closedAt()));
        }
        return seconds;
    }

    private static double between(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1e3;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static List<String> names(List<AgentId> agents) {
        return agents.stream().map(AgentId::value).toList();
    }

    /** Agents and their bytes; those with most first where there are many, else in id order. */
    public List<AgentTraffic> busiest() {
        List<AgentTraffic> all = new ArrayList<>();
        traffic.forEach((agent, bytes) -> all.add(new AgentTraffic(agent, bytes.up(), bytes.down())));
        if (all.size() > FEW) {
            all.sort(Comparator.comparingLong((AgentTraffic t) -> -t.up() - t.down())
                    .thenComparing(AgentTraffic::agent));
        }
        return all;
    }

    /** A figure of one agent, or null. */
    public @Nullable Double figure(String agent, String name) {
        Map<String, Double> figures = metrics.agents().get(agent);
        return figures == null ? null : figures.get(name);
    }
}
