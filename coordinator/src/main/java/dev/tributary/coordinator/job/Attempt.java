package dev.tributary.coordinator.job;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.plan.Update;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a round, from its opening to its close.
 *
 * @param phase TRAINING, AGGREGATING, PUBLISHED or ABANDONED
 * @param wanted how many updates are waited for, at most the members
 * @param answers of the members that answered or were lost
 * @param accepted the final accepted set, empty until closed
 * @param late plans of earlier rounds whose updates count in this attempt, empty until closed
 * @param cause why it closed or was abandoned
 */
public record Attempt(
        int number,
        RoundPhase phase,
        Instant openedAt,
        Instant deadline,
        SortedMap<AgentId, Member> members,
        int wanted,
        SortedMap<AgentId, Answer> answers,
        @Nullable Instant closedAt,
        List<AgentId> accepted,
        List<String> late,
        String cause) {

    public Attempt {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        answers = Collections.unmodifiableSortedMap(new TreeMap<>(answers));
        accepted = List.copyOf(accepted);
        late = List.copyOf(late);
    }

    static Attempt opened(JobEvent.RoundOpened event, Instant at) {
        TreeMap<AgentId, Member> members = new TreeMap<>();
        event.members().forEach(member -> members.put(member.agent(), member));
        return new Attempt(
                event.attempt(),
                RoundPhase.TRAINING,
                at,
                event.deadline(),
                members,
                event.wanted(),
                new TreeMap<>(),
                null,
                List.of(),
                List.of(),
                "");
    }

    Attempt with(AgentId agent, Answer answer) {
        TreeMap<AgentId, Answer> next = new TreeMap<>(answers);
        next.put(agent, answer);
        return new Attempt(number, phase, openedAt, deadline, members, wanted, next, closedAt, accepted, late, cause);
    }

    Attempt with(RoundPhase next) {
        return new Attempt(number, next, openedAt, deadline, members, wanted, answers, closedAt, accepted, late, cause);
    }

    Attempt closed(RoundPhase next, Instant at, List<AgentId> set, List<String> counted, String why) {
        return new Attempt(number, next, openedAt, deadline, members, wanted, answers, at, set, counted, why);
    }

    /**
     * Fewest accepted updates for this attempt to count; a job's quorum of 0 asks for as many as are wanted, and in
     * asynchronous training, where only the deadline may find fewer, for one.
     */
    public int quorum(Job job) {
        int asked = job.cohort().quorum();
        int all = job.cohort().late().isAsynchronous() ? 1 : wanted;
        return asked == 0 ? all : asked;
    }

    public boolean isOpen() {
        return phase == RoundPhase.TRAINING;
    }

    /** Agents with an answer of this kind, in id order. */
    public List<AgentId> with(Answer.Kind kind) {
        return answers.entrySet().stream()
                .filter(e -> e.getValue().kind() == kind)
                .map(java.util.Map.Entry::getKey)
                .toList();
    }

    /** Members whose answer is still awaited, in id order. */
    public List<AgentId> waiting() {
        return members.keySet().stream()
                .filter(agent -> !answers.containsKey(agent))
                .toList();
    }

    /** The accepted updates in agent-id order. */
    public List<Update> updates() {
        return accepted.stream()
                .flatMap(agent -> Optional.ofNullable(answers.get(agent)).map(Answer::update).stream())
                .toList();
    }

    Optional<Member> memberOf(String planId) {
        return members.values().stream().filter(m -> m.planId().equals(planId)).findFirst();
    }
}
