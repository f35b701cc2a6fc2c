package dev.tributary.aggregation.testing;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Sums;
import dev.tributary.aggregation.engine.WeightedSums;
import java.util.List;
import java.util.Random;

/**
 * Sums as additive masking gives them: every agent sends nᵢ·round(xᵢ·2ᶠ) plus masks that cancel in the sum modulo 2⁶⁴, so
 * that no addend means anything by itself.
 */
public record MaskedSums(List<ReceivedUpdate> updates, WeightedSums plain) implements Sums {

    /** f, bits after the point. */
    public static final int FRACTION_BITS = 24;

    private static final double SCALE = 1 << FRACTION_BITS;

    public MaskedSums(AdapterConfig global, List<ReceivedUpdate> updates) {
        this(List.copyOf(updates), new WeightedSums(global, updates));
    }

    @Override
    public Layout layout() {
        return plain.layout();
    }

    @Override
    public double[] numerator(String tensor) {
        long[] sum = new long[Math.toIntExact(layout().get(tensor).elements())];
        for (int agent = 0; agent < updates.size(); agent++) {
            float[] values = updates.get(agent).tensors().read(tensor);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += updates.get(agent).examples() * Math.round(values[i] * SCALE);
            }
            for (int other = 0; other < updates.size(); other++) {
                if (other != agent) {
                    Random pair = new Random(31L * Math.min(agent, other) + Math.max(agent, other));
                    int sign = agent < other ? 1 : -1;
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += sign * pair.nextLong();
                    }
                }
            }
        }
        double[] result = new double[sum.length];
        for (int i = 0; i < sum.length; i++) {
            result[i] = sum[i] / SCALE;
        }
        return result;
    }

    @Override
    public double[] denominators(String tensor) {
        return plain.denominators(tensor);
    }
}
