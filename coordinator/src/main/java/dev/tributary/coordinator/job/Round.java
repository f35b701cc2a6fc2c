package dev.tributary.coordinator.job;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One round with all its attempts.
 *
 * @param number from 1
 * @param publication the state this round gave, once published
 * @param evaluation of that state, once opened
 */
public record Round(
        int number,
        List<Attempt> attempts,
        @Nullable Publication publication,
        @Nullable EvaluationState evaluation) {

    public Round {
        attempts = List.copyOf(attempts);
        if (attempts.isEmpty()) {
            throw new IllegalArgumentException("round " + number + " has no attempt");
        }
    }

    /** The attempt that counts: the newest. */
    public Attempt attempt() {
        return attempts.get(attempts.size() - 1);
    }

    public RoundPhase phase() {
        return attempt().phase();
    }

    /** Bytes of the accepted updates on the wire. */
    public long bytesUp() {
        return attempt().answers().values().stream()
                .mapToLong(Answer::wireBytes)
                .sum();
    }

    /** The same by agent. */
    public SortedMap<AgentId, Long> bytesUpByAgent() {
        SortedMap<AgentId, Long> bytes = new TreeMap<>();
        attempt().answers().forEach((agent, answer) -> bytes.put(agent, answer.wireBytes()));
        return bytes;
    }

    /** Bytes that each agent reports to have fetched for this round's training and evaluation. */
    public SortedMap<AgentId, Long> bytesDownByAgent() {
        SortedMap<AgentId, Long> bytes = new TreeMap<>(evaluation == null ? Map.of() : evaluation.bytesReceived());
        for (Answer answer : attempt().answers().values()) {
            Update update = answer.update();
            if (update != null) {
                bytes.merge(update.agent(), update.bytesReceived(), Long::sum);
            }
        }
        return bytes;
    }

    /** The same in all. */
    public long bytesDown() {
        return bytesDownByAgent().values().stream().mapToLong(Long::longValue).sum();
    }

    Round with(Attempt newest) {
        List<Attempt> next = new ArrayList<>(attempts);
        next.set(next.size() - 1, newest);
        return new Round(number, next, publication, evaluation);
    }

    Round withNext(Attempt attempt) {
        List<Attempt> next = new ArrayList<>(attempts);
        next.add(attempt);
        return new Round(number, next, publication, evaluation);
    }

    Round with(Publication published) {
        return new Round(number, with(attempt().with(RoundPhase.PUBLISHED)).attempts, published, evaluation);
    }

    Round evaluate(UnaryOperator<@Nullable EvaluationState> change) {
        return new Round(number, attempts, publication, change.apply(evaluation));
    }

    /** The accepted update of an agent in the newest attempt, if there is one. */
    public @Nullable Update updateOf(AgentId agent) {
        Answer answer = attempt().answers().get(agent);
        return answer == null ? null : answer.update();
    }
}
