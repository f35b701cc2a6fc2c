package dev.tributary.aggregation;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorSource;

/** An update sent as differences, read as values: start + difference. */
record DeltaView(TensorSource start, TensorSource difference) implements TensorSource {

    @Override
    public Layout layout() {
        return difference.layout();
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        difference.read(name, from, into, offset, count);
        float[] base = new float[count];
        start.read(name, from, base, 0, count);
        for (int i = 0; i < count; i++) {
            into[offset + i] += base[i];
        }
    }
}
