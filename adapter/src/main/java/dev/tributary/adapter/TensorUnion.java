package dev.tributary.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Several sources read as one; no two may hold a tensor of the same name. */
public final class TensorUnion implements TensorSource {

    private final Layout layout;
    private final Map<String, TensorSource> holders = new HashMap<>();

    private TensorUnion(Layout layout) {
        this.layout = layout;
    }

    /** @throws IllegalArgumentException if a name occurs in two sources */
    public static TensorSource of(List<? extends TensorSource> sources) {
        List<TensorInfo> infos = new ArrayList<>();
        sources.forEach(source -> infos.addAll(source.layout().tensors().values()));
        TensorUnion union = new TensorUnion(Layout.of(infos));
        for (TensorSource source : sources) {
            source.layout().names().forEach(name -> union.holders.put(name, source));
        }
        return union;
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        TensorSource holder = holders.get(name);
        if (holder == null) {
            throw new java.util.NoSuchElementException("no tensor named " + name);
        }
        holder.read(name, from, into, offset, count);
    }
}
