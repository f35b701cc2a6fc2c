package dev.tributary.aggregation.robust;

import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.plan.Job;
import java.util.Arrays;
import java.util.List;

/** The median of each coordinate, without weights; of an even number, the mean of the two in the middle. */
public final class Median extends RobustRule {

    private static final MethodCard CARD = card("median", "Coordinate-wise median")
            .paper("Yin et al. 2018, arXiv 1803.01498")
            .equation("θⱼ = median of θᵢⱼ over the agents")
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        write(state, updates, next, (values, before) -> {
            Arrays.sort(values);
            int n = values.length;
            return (values[(n - 1) / 2] + values[n / 2]) / 2;
        });
    }
}
