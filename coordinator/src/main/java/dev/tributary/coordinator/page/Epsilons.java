package dev.tributary.coordinator.page;

import dev.tributary.coordinator.view.JobViews;
import dev.tributary.coordinator.view.RoundView;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a job has spent of its privacy budget, by its rounds.
 *
 * @param unit what is protected, or {@code none}
 * @param spent the most that any agent's ledger charged to the job; null before the first round, and without a claim
 * @param budget null without a claim
 */
record Epsilons(
        String unit, @Nullable Double spent, @Nullable Double budget) {

    static Epsilons of(JobViews views, String job, List<RoundView> rounds) {
        return views.state(job)
                .map(state -> {
                    String budget = state.job().privacy().terms().get("epsilon");
                    Double spent = rounds.stream()
                            .map(RoundView::epsilon)
                            .filter(Objects::nonNull)
                            .max(Double::compare)
                            .orElse(null);
                    return new Epsilons(
                            state.job().privacy().unit(), spent, budget == null ? null : Double.valueOf(budget));
                })
                .orElse(new Epsilons("none", null, null));
    }
}
