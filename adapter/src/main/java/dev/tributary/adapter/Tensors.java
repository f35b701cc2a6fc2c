package dev.tributary.adapter;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;

/** An immutable set of fp32 tensors in memory. */
public final class Tensors implements TensorSource {

    private final Layout layout;
    private final SortedMap<String, float[]> values;

    private Tensors(Layout layout, SortedMap<String, float[]> values) {
        this.layout = layout;
        this.values = values;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Reads every tensor of {@code source} into memory. */
    public static Tensors copyOf(TensorSource source) {
        Builder builder = builder();
        for (TensorInfo info : source.layout().tensors().values()) {
            builder.put(new TensorInfo(info.name(), DType.F32, info.shape()), source.read(info.name()));
        }
        return builder.build();
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        float[] tensor = values.get(name);
        if (tensor == null) {
            throw new NoSuchElementException("no tensor named " + name);
        }
        System.arraycopy(tensor, Math.toIntExact(from), into, offset, count);
    }

    /** Collects tensors; arrays are copied in. */
    public static final class Builder {
        private final TreeMap<String, TensorInfo> infos = new TreeMap<>();
        private final TreeMap<String, float[]> values = new TreeMap<>();

        private Builder() {}

        public Builder put(String name, float[] data, int... shape) {
            return put(TensorInfo.f32(name, shape), data);
        }

        public Builder put(TensorInfo info, float[] data) {
            if (info.dtype() != DType.F32) {
                throw new IllegalArgumentException("tensor " + info.name() + ": only F32 is held in memory");
            }
            if (info.elements() != data.length) {
                throw new IllegalArgumentException("tensor " + info.name() + ": shape " + info.shape() + " needs "
                        + info.elements() + " values, got " + data.length);
            }
            if (infos.put(info.name(), info) != null) {
                throw new IllegalArgumentException("tensor " + info.name() + " is set twice");
            }
            values.put(info.name(), Arrays.copyOf(data, data.length));
            return this;
        }

        public Tensors build() {
            return new Tensors(new Layout(infos), new TreeMap<>(values));
        }
    }
}
