package dev.tributary.privacy.accountant;

import java.util.Collection;
import java.util.OptionalDouble;

/**
 * What a set of events costs, by both accountants. The Rényi figure is the one that certificates state and budgets use;
 * the other shows how much room it leaves.
 *
 * @param rdpOrder the order that gave {@code rdpEpsilon}
 * @param pldEpsilon empty where some event has no loss distribution
 */
public record PrivacyLoss(double delta, double rdpEpsilon, double rdpOrder, OptionalDouble pldEpsilon) {

    /** @throws IllegalArgumentException if the events do not share one relation */
    public static PrivacyLoss of(Collection<? extends PrivacyEvent> events, double delta) {
        RdpCurve.Epsilon rdp = RdpAccountant.curve(events).epsilon(delta);
        OptionalDouble pld = PldAccountant.supports(events)
                ? OptionalDouble.of(PldAccountant.epsilon(events, delta))
                : OptionalDouble.empty();
        return new PrivacyLoss(delta, rdp.value(), rdp.order(), pld);
    }
}
