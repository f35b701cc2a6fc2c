package dev.tributary.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A value axis with ticks at 1, 2 or 5 times a power of ten.
 *
 * @param low first tick
 * @param high last tick
 */
record Axis(double low, double high, double step) {

    /** An axis that covers all finite values with about {@code ticks} ticks; [0, 1] if there are none. */
    static Axis covering(DoubleStream values, int ticks) {
        double[] finite = values.filter(Double::isFinite).toArray();
        if (finite.length == 0) {
            return new Axis(0, 1, 0.5);
        }
        double min = DoubleStream.of(finite).min().getAsDouble();
        double max = DoubleStream.of(finite).max().getAsDouble();
        double span = max > min ? max - min : Math.max(Math.abs(max) * 0.1, 1e-6);
        double step = niceStep(span / ticks);
        double low = Math.floor(min / step) * step;
        double high = Math.ceil(max / step) * step;
        return new Axis(low, high > low ? high : low + step, step);
    }

    private static double niceStep(double raw) {
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double lead = raw / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        long count = Math.round((high - low) / step);
        for (long i = 0; i <= count; i++) {
            ticks.add(low + i * step);
        }
        return ticks;
    }

    /** Where {@code value} lies between low (0) and high (1). */
    double fraction(double value) {
        return (value - low) / (high - low);
    }
}
