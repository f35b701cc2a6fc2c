package dev.tributary.aggregation;

import java.util.List;

/**
 * Makes the sums that a {@link SumMethod} sees from a round's updates, in place of the plain ones: as means with noise, for
 * example.
 */
@FunctionalInterface
public interface SumsSource {

    /** @param updates in agent-id order, as values, at least one */
    Sums of(GlobalState state, List<ReceivedUpdate> updates);
}
