package dev.tributary.coordinator.round;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.InvalidUpdateException;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Sums;
import dev.tributary.privacy.dp.Clipping;
import dev.tributary.privacy.dp.NoisySum;
import dev.tributary.privacy.noise.BitSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The mean change of a cohort with noise on its sum, as values: each update's change from the global state is clipped again
 * (an agent may not have), put on the grid by itself, and added up exactly. Drawn once; every reading gives the same.
 *
 * @param values of the next state, by tensor
 */
record NoisySums(Layout layout, Map<String, double[]> values) implements Sums {

    /**
     * @param updates values of the same tensors, in the global state's shapes
     * @param denominator a public constant: how many agents were asked
     * @throws InvalidUpdateException if an update has other tensors than the first one, or other shapes than the state
     */
    static NoisySums of(
            TensorSource state,
            List<ReceivedUpdate> updates,
            double clip,
            NoisySum noise,
            int denominator,
            BitSource bits) {
        Layout layout = updates.get(0).tensors().layout();
        double[] factors = new double[updates.size()];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = Clipping.factor(norm(state, updates.get(i), layout), clip);
        }
        Map<String, double[]> values = new HashMap<>();
        for (String tensor : layout.names()) {
            float[] before = state.read(tensor);
            long[] sum = new long[before.length];
            for (int i = 0; i < factors.length; i++) {
                long[] one = noise.grid().quantise(change(before, updates.get(i), tensor, factors[i]));
                for (int k = 0; k < sum.length; k++) {
                    sum[k] = Math.addExact(sum[k], one[k]);
                }
            }
            float[] mean = noise.release(sum, denominator, bits);
            double[] next = new double[mean.length];
            for (int k = 0; k < next.length; k++) {
                next[k] = (double) before[k] + mean[k];
            }
            values.put(tensor, next);
        }
        return new NoisySums(layout, values);
    }

    private static double norm(TensorSource state, ReceivedUpdate update, Layout expected) {
        if (!update.tensors().layout().names().equals(expected.names())) {
            throw new InvalidUpdateException(update.agent(), "holds other tensors than the other agents' updates");
        }
        double squares = 0;
        for (TensorInfo info : update.tensors().layout().tensors().values()) {
            if (!state.layout().names().contains(info.name())
                    || !state.layout().get(info.name()).shape().equals(info.shape())) {
                throw new InvalidUpdateException(
                        update.agent(), info.name() + " of shape " + info.shape() + " is not in the global adapter");
            }
            double norm = Clipping.norm(change(state.read(info.name()), update, info.name(), 1));
            squares += norm * norm;
        }
        return Math.sqrt(squares);
    }

    private static float[] change(float[] before, ReceivedUpdate update, String tensor, double factor) {
        float[] change = update.tensors().read(tensor);
        for (int k = 0; k < change.length; k++) {
            change[k] = factor == 0 ? 0 : (float) (factor * ((double) change[k] - before[k]));
        }
        return change;
    }

    @Override
    public double[] numerator(String tensor) {
        return Objects.requireNonNull(values.get(tensor), tensor).clone();
    }

    @Override
    public double[] denominators(String tensor) {
        return new double[] {1};
    }
}
