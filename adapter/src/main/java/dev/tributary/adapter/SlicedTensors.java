package dev.tributary.adapter;

import java.util.ArrayList;
import java.util.List;

/**
 * A full adapter seen at some of its rank indices: rows of A, columns of B, rows and columns of R. Other tensors are as
 * they are.
 */
public final class SlicedTensors implements TensorSource {

    private final TensorSource full;
    private final RankIndices indices;
    private final Layout layout;

    public SlicedTensors(TensorSource full, RankIndices indices) {
        this.full = full;
        this.indices = indices;
        List<TensorInfo> infos = new ArrayList<>();
        for (TensorInfo info : full.layout().tensors().values()) {
            infos.add(RankShapes.sliced(info, indices));
        }
        this.layout = Layout.of(infos);
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        TensorInfo info = full.layout().get(name);
        if (!RankShapes.isRanked(info)) {
            full.read(name, from, into, offset, count);
            return;
        }
        float[] whole = full.read(name);
        RankShapes.Positions positions = RankShapes.positions(info, indices);
        for (int i = 0; i < count; i++) {
            into[offset + i] = whole[positions.inFull(Math.toIntExact(from + i))];
        }
    }
}
