package dev.tributary.privacy.accountant;

import java.util.Collection;
import java.util.Iterator;

/** Adds up events in Rényi terms. Its ε is the number that certificates and budgets use. Pure functions. */
public final class RdpAccountant {
    private RdpAccountant() {}

    /** The curve of one event, all its repetitions included. */
    public static RdpCurve curve(PrivacyEvent event) {
        double[] orders = RdpCurve.orders();
        double[] values = new double[orders.length];
        FixedSizeGaussianRdp fixedSize = event instanceof PrivacyEvent.FixedSizeGaussian fixed
                ? new FixedSizeGaussianRdp(fixed.samplingRate(), fixed.noiseMultiplier())
                : null;
        for (int i = 0; i < orders.length; i++) {
            double rdp;
            if (event instanceof PrivacyEvent.SubsampledGaussian sampled) {
                rdp = PoissonGaussianRdp.rdp(sampled.samplingRate(), sampled.noiseMultiplier(), orders[i]);
            } else if (event instanceof PrivacyEvent.Gaussian gaussian) {
                rdp = orders[i] / (2 * gaussian.noiseMultiplier() * gaussian.noiseMultiplier());
            } else if (fixedSize != null) {
                rdp = fixedSize.rdp(orders[i]);
            } else {
                throw new IllegalArgumentException("no Rényi bound for " + event);
            }
            values[i] = rdp * event.count();
        }
        return RdpCurve.of(orders, values);
    }

    /**
     * The curve of all events together.
     *
     * @throws IllegalArgumentException if they do not share one relation: their bounds protect different things
     */
    public static RdpCurve curve(Collection<? extends PrivacyEvent> events) {
        requireOneRelation(events);
        RdpCurve total = RdpCurve.zero();
        for (PrivacyEvent event : events) {
            total = total.plus(curve(event));
        }
        return total;
    }

    public static double epsilon(Collection<? extends PrivacyEvent> events, double delta) {
        return curve(events).epsilon(delta).value();
    }

    static void requireOneRelation(Collection<? extends PrivacyEvent> events) {
        Iterator<? extends PrivacyEvent> each = events.iterator();
        if (!each.hasNext()) {
            return;
        }
        Relation first = each.next().relation();
        while (each.hasNext()) {
            PrivacyEvent event = each.next();
            if (event.relation() != first) {
                throw new IllegalArgumentException(
                        "events of different neighbouring relations cannot be added: " + first + " and " + event);
            }
        }
    }
}
