package dev.tributary.coordinator.view;

import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Round;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A job at a glance.
 *
 * @param status {@code running, paused, completed, failed, cancelled, budget-exhausted} or {@code privacy-alarm}
 * @param reason why it failed, was cancelled, is paused or ended early, or what it waits for while it runs; else empty
 * @param round number of the newest round, 0 before the first
 * @param phase of the newest round in lower case; {@code opening} while the next one waits for agents
 * @param published number of rounds whose adapter is published
 * @param resultRound round whose adapter is the result, -1 while the job runs
 */
public record JobView(
        String id,
        String name,
        String status,
        String reason,
        String method,
        String baseModel,
        String task,
        String dataset,
        int rank,
        double alpha,
        long seed,
        int round,
        int rounds,
        String phase,
        int published,
        int quorum,
        int resultRound,
        Instant submittedAt,
        @Nullable Instant finishedAt) {

    public static JobView of(JobState state) {
        return of(state, "");
    }

    /** @param waitsFor what holds the job up, empty if nothing does */
    static JobView of(JobState state, String waitsFor) {
        return new JobView(
                state.id().value(),
                state.job().name(),
                lower(state.status()),
                state.reason().isEmpty() && !state.status().isFinal() ? waitsFor : state.reason(),
                state.job().aggregation().method(),
                state.job().baseModel(),
                state.job().task().type(),
                state.job().task().dataset(),
                state.job().adapter().rank(),
                state.job().adapter().alpha(),
                state.job().seed(),
                state.lastRound().map(Round::number).orElse(0),
                state.job().rounds(),
                state.lastRound().map(r -> lower(r.phase())).orElse("opening"),
                Math.max(0, state.latest().map(s -> s.version()).orElse(0)),
                state.job().cohort().quorum(),
                state.status().isFinal() ? state.resultVersion() : -1,
                state.submittedAt(),
                state.finishedAt());
    }

    /** Whether it is not over; a paused job is not. */
    public boolean isRunning() {
        return status.equals("running") || status.equals("paused");
    }

    /** Whether it is over. */
    public boolean isFinal() {
        return !isRunning();
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
