package dev.tributary.aggregation.robust;

import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.plan.Job;
import java.util.Arrays;
import java.util.List;

/** The mean of each coordinate without its smallest and largest values, without weights. */
public final class TrimmedMean extends RobustRule {

    private static final MethodOption TRIM =
            MethodOption.number("trim", 0, 0.49, 0.2, "share of the agents to leave out at each end, rounded down");

    private static final MethodCard CARD = card("trimmed-mean", "Coordinate-wise trimmed mean")
            .paper("Yin et al. 2018, arXiv 1803.01498")
            .equation("θⱼ = mean of θᵢⱼ without the ⌊trim·K⌋ smallest and largest")
            .options(TRIM)
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        int n = updates.size();
        int cut = (int) Math.floor(TRIM.numberOf(job) * n);
        write(state, updates, next, (values, before) -> {
            Arrays.sort(values);
            double sum = 0;
            for (int i = cut; i < n - cut; i++) {
                sum += values[i];
            }
            return sum / (n - 2 * cut);
        });
    }
}
