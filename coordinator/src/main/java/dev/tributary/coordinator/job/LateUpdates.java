package dev.tributary.coordinator.job;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.plan.Update;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Who still trains for a round that has closed, and which of their updates are to count in a later one. */
public final class LateUpdates {

    private LateUpdates() {}

    /** A member that goes on for a round that closed without it. */
    public record Straggler(int round, Instant since, Member member) {}

    /** An update and the member that made it, of the round that the update names. */
    public record Deferred(Member member, Update update) {}

    /** Members that are awaited though their round closed; none in a job that drops late updates. */
    public static List<Straggler> stragglers(JobState state) {
        List<Straggler> stragglers = new ArrayList<>();
        if (!state.status().isFinal()) {
            for (Round round : recent(state).values()) {
                Attempt attempt = round.attempt();
                if (isClosed(attempt)) {
                    attempt.members().values().stream()
                            .filter(member -> !attempt.answers().containsKey(member.agent()))
                            .map(member -> new Straggler(round.number(), attempt.openedAt(), member))
                            .forEach(stragglers::add);
                }
            }
        }
        return stragglers;
    }

    static boolean isStraggler(JobState state, AgentId agent, String planId) {
        return stragglers(state).stream()
                .map(Straggler::member)
                .anyMatch(m -> m.agent().equals(agent) && m.planId().equals(planId));
    }

    /** Updates that no round has counted yet, oldest round first, then by agent. */
    public static List<Deferred> waiting(JobState state) {
        Set<String> counted = recent(state).values().stream()
                .flatMap(round -> round.attempt().late().stream())
                .collect(Collectors.toSet());
        return deferred(state).stream()
                .filter(d -> !counted.contains(d.member().planId()))
                .toList();
    }

    /** The late updates that count in a closed attempt. */
    public static List<Deferred> of(JobState state, Attempt attempt) {
        return deferred(state).stream()
                .filter(d -> attempt.late().contains(d.member().planId()))
                .toList();
    }

    private static List<Deferred> deferred(JobState state) {
        List<Deferred> deferred = new ArrayList<>();
        for (Round round : recent(state).values()) {
            Attempt attempt = round.attempt();
            for (Member member : attempt.members().values()) {
                Answer answer = attempt.answers().get(member.agent());
                if (answer != null && answer.kind() == Answer.Kind.DEFERRED && answer.update() != null) {
                    deferred.add(new Deferred(member, answer.update()));
                }
            }
        }
        return deferred;
    }

    static boolean isClosed(Attempt attempt) {
        return attempt.phase() == RoundPhase.AGGREGATING || attempt.phase() == RoundPhase.PUBLISHED;
    }

    /** Whether an update of {@code round} may still count in the round that closes next. */
    static boolean isInTime(JobState state, int round) {
        int newest = state.rounds().lastKey();
        boolean closed = state.lastRound()
                .map(Round::attempt)
                .filter(LateUpdates::isClosed)
                .isPresent();
        return isInTime(state.job(), round, closed ? newest + 1 : newest);
    }

    static boolean isInTime(Job job, int round, int counting) {
        return job.cohort().late().counted()
                && counting - round <= job.cohort().late().oldest();
    }

    /** Rounds whose updates may count in the newest one. */
    private static SortedMap<Integer, Round> recent(JobState state) {
        int newest = state.rounds().isEmpty() ? 0 : state.rounds().lastKey();
        int oldest = state.job().cohort().late().counted()
                ? newest - state.job().cohort().late().oldest()
                : newest + 1;
        return state.rounds().tailMap(oldest);
    }
}
