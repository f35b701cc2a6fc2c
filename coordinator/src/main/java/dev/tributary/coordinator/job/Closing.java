package dev.tributary.coordinator.job;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;

/** Whether a round need not wait for the members that have not answered. */
final class Closing {

    private Closing() {}

    /** Whether nobody is awaited any more, in asynchronous training also of those who began in an earlier round. */
    static boolean allAnswered(JobState state, Attempt attempt) {
        return attempt.waiting().isEmpty()
                && (!state.job().cohort().late().isAsynchronous()
                        || LateUpdates.stragglers(state).isEmpty());
    }

    /** Late updates that an open attempt would count if it closed now: none of an agent with a new one. */
    static int lateBeside(JobState state, Attempt attempt) {
        List<AgentId> accepted = attempt.with(Answer.Kind.ACCEPTED);
        return (int) LateUpdates.waiting(state).stream()
                .filter(late -> !accepted.contains(late.member().agent()))
                .count();
    }

    /** The cause for which an attempt with its quorum closes now, before its deadline; empty if it goes on. */
    static String early(JobState state, Attempt attempt, Instant now) {
        Job job = state.job();
        if (job.cohort().late().isAsynchronous()) {
            int full = attempt.with(Answer.Kind.ACCEPTED).size() + lateBeside(state, attempt);
            boolean waited =
                    !now.isBefore(attempt.openedAt().plus(job.cohort().pace().minimumWait()));
            return full >= attempt.wanted() && waited ? "buffer-full" : "";
        }
        Job.Pace pace = job.cohort().pace();
        List<Answer> accepted = attempt.answers().values().stream()
                .filter(answer -> answer.kind() == Answer.Kind.ACCEPTED)
                .toList();
        if (accepted.size() < attempt.quorum(job)
                || now.isBefore(attempt.openedAt().plus(pace.minimumWait()))) {
            return "";
        }
        if (job.cohort().closeAtQuorum()) {
            return "quorum";
        }
        if (accepted.size() >= attempt.wanted()) {
            return "enough";
        }
        return pace.adaptiveDeadline() > 0
                        && accepted.size() >= 2
                        && !now.isBefore(adaptive(pace.adaptiveDeadline(), attempt.openedAt(), accepted))
                ? "adaptive-deadline"
                : "";
    }

    /** Median + k·MAD of the times the updates took, after the opening. */
    private static Instant adaptive(double k, Instant openedAt, List<Answer> accepted) {
        long[] took = accepted.stream()
                .mapToLong(answer -> Duration.between(openedAt, answer.at()).toMillis())
                .toArray();
        double median = median(LongStream.of(took));
        double deviation = median(LongStream.of(took).map(t -> Math.abs(Math.round(t - median))));
        return openedAt.plusMillis((long) Math.ceil(median + k * deviation));
    }

    private static double median(LongStream values) {
        long[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    }
}
