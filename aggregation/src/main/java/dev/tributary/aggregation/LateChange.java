package dev.tributary.aggregation;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorSource;

/**
 * The change of an update that began at an older state than the one it is added to, weighted by its age: s(τ)·Δ of
 * FedBuff (Nguyen et al. 2022, arXiv 2106.06639).
 *
 * @param change an update that travelled as differences
 * @param weight s(τ), in (0, 1]
 */
public record LateChange(TensorSource change, double weight) implements TensorSource {

    public LateChange {
        if (!(weight > 0 && weight <= 1)) {
            throw new IllegalArgumentException("the weight of a late change must be in (0, 1], was " + weight);
        }
    }

    @Override
    public Layout layout() {
        return change.layout();
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        change.read(name, from, into, offset, count);
        for (int i = 0; i < count; i++) {
            into[offset + i] = (float) (into[offset + i] * weight);
        }
    }
}
