package dev.tributary.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An adapter of some rank indices seen at full rank: what it does not hold is zero, or taken from a filling. The inverse of
 * {@link SlicedTensors}.
 */
public final class ScatteredTensors implements TensorSource {

    private final TensorSource part;
    private final Layout full;
    private final RankIndices indices;
    private final Optional<TensorSource> filling;
    private final Layout layout;

    /**
     * @param full layout of the adapter at full rank; must hold every tensor of {@code part}
     * @param filling values of the indices that {@code part} lacks, at full rank; empty for zeros
     * @throws FormatException if a tensor of {@code part} does not have the shape that its indices give
     */
    public ScatteredTensors(TensorSource part, Layout full, RankIndices indices, Optional<TensorSource> filling) {
        this.part = part;
        this.full = full;
        this.indices = indices;
        this.filling = filling;
        List<TensorInfo> infos = new ArrayList<>();
        for (TensorInfo info : part.layout().tensors().values()) {
            TensorInfo whole = full.get(info.name());
            if (!RankShapes.sliced(whole, indices).shape().equals(info.shape())) {
                throw new FormatException(info.name() + " has shape " + info.shape() + ", expected "
                        + RankShapes.sliced(whole, indices).shape());
            }
            infos.add(new TensorInfo(info.name(), info.dtype(), whole.shape()));
        }
        this.layout = Layout.of(infos);
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        TensorInfo info = full.get(name);
        if (!RankShapes.isRanked(info)) {
            part.read(name, from, into, offset, count);
            return;
        }
        float[] whole = filling.isPresent() ? filling.get().read(name) : new float[Math.toIntExact(info.elements())];
        float[] values = part.read(name);
        RankShapes.Positions positions = RankShapes.positions(info, indices);
        for (int i = 0; i < values.length; i++) {
            whole[positions.inFull(i)] = values[i];
        }
        System.arraycopy(whole, Math.toIntExact(from), into, offset, count);
    }
}
