package dev.tributary.agent.execute;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import java.util.TreeMap;

/** The tensors of one source, and of a second where the first has none of that name. */
final class OverlaidTensors implements TensorSource {

    private final TensorSource above;
    private final TensorSource below;
    private final Layout layout;

    OverlaidTensors(TensorSource above, TensorSource below) {
        this.above = above;
        this.below = below;
        TreeMap<String, TensorInfo> all = new TreeMap<>(below.layout().tensors());
        all.putAll(above.layout().tensors());
        this.layout = new Layout(all);
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        TensorSource source = above.layout().tensors().containsKey(name) ? above : below;
        source.read(name, from, into, offset, count);
    }
}
