package dev.tributary.privacy.accountant;

import java.util.Arrays;

/**
 * Rényi differential privacy as a function of its order: RDP(α) on a fixed list of orders. Composition is addition
 * (Mironov, arXiv:1702.07476); the conversion to (ε, δ) is proposition 12 of Canonne, Kamath, Steinke, arXiv:2004.00010.
 * Immutable.
 */
public final class RdpCurve {
    /** 1.1 to 10.9 by 0.1, 11 to 63, 128, 256, 512, 1024. */
    private static final double[] DEFAULT_ORDERS = defaultOrders();

    private static final double SMALLEST_USEFUL_ORDER = 1.01;

    private final double[] orders;
    private final double[] values;

    private RdpCurve(double[] orders, double[] values) {
        this.orders = orders;
        this.values = values;
    }

    /** An upper bound on ε and the order that gave it. */
    public record Epsilon(double value, double order) {}

    /** No release at all. */
    public static RdpCurve zero() {
        return new RdpCurve(DEFAULT_ORDERS, new double[DEFAULT_ORDERS.length]);
    }

    static double[] orders() {
        return DEFAULT_ORDERS.clone();
    }

    static RdpCurve of(double[] orders, double[] values) {
        return new RdpCurve(orders.clone(), values.clone());
    }

    /** Both releases. */
    public RdpCurve plus(RdpCurve other) {
        if (!Arrays.equals(orders, other.orders)) {
            throw new IllegalArgumentException("the two curves have different orders");
        }
        double[] sum = values.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other.values[i];
        }
        return new RdpCurve(orders, sum);
    }

    /** The same release {@code count} times. */
    public RdpCurve times(long count) {
        double[] product = values.clone();
        for (int i = 0; i < product.length; i++) {
            product[i] *= count;
        }
        return new RdpCurve(orders, product);
    }

    /** The least ε at this δ over all orders; infinite if no order bounds it. */
    public Epsilon epsilon(double delta) {
        Checks.delta(delta);
        Epsilon best = new Epsilon(Double.POSITIVE_INFINITY, orders[0]);
        for (int i = 0; i < orders.length; i++) {
            double epsilon = epsilon(orders[i], values[i], delta);
            if (epsilon < best.value()) {
                best = new Epsilon(epsilon, orders[i]);
            }
        }
        return new Epsilon(Math.max(0, best.value()), best.order());
    }

    /** The least δ at this ε over all orders. */
    public double delta(double epsilon) {
        Checks.epsilon(epsilon);
        double log = 0;
        for (int i = 0; i < orders.length; i++) {
            log = Math.min(log, logDelta(orders[i], values[i], epsilon));
        }
        return Math.exp(log);
    }

    private static double epsilon(double order, double rdp, double delta) {
        if (delta * delta + Math.expm1(-rdp) > 0) {
            return 0;
        }
        if (order <= SMALLEST_USEFUL_ORDER) {
            return Double.POSITIVE_INFINITY;
        }
        return rdp + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
    }

    private static double logDelta(double order, double rdp, double epsilon) {
        if (rdp == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        double byDivergence = 0.5 * Math.log(-Math.expm1(-rdp));
        if (order <= SMALLEST_USEFUL_ORDER) {
            return byDivergence;
        }
        return Math.min(byDivergence, (order - 1) * (rdp - epsilon + Math.log1p(-1 / order)) - Math.log(order));
    }

    private static double[] defaultOrders() {
        double[] orders = new double[156];
        int n = 0;
        for (int tenths = 11; tenths <= 109; tenths++) {
            orders[n++] = tenths / 10.0;
        }
        for (int order = 11; order <= 63; order++) {
            orders[n++] = order;
        }
        for (int order = 128; order <= 1024; order *= 2) {
            orders[n++] = order;
        }
        return orders;
    }
}
