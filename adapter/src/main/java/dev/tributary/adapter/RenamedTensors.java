package dev.tributary.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;

/** A source under other names, optionally with tensors left out. */
final class RenamedTensors implements TensorSource {

    private final TensorSource source;
    private final SortedMap<String, String> originals; // our name to the source's
    private final Layout layout;

    RenamedTensors(TensorSource source, SortedMap<String, String> originals) {
        this.source = source;
        this.originals = new TreeMap<>(originals);
        List<TensorInfo> infos = new ArrayList<>();
        originals.forEach((name, original) -> {
            TensorInfo info = source.layout().get(original);
            infos.add(new TensorInfo(name, info.dtype(), info.shape()));
        });
        this.layout = Layout.of(infos);
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        String original = originals.get(name);
        if (original == null) {
            throw new NoSuchElementException("no tensor named " + name);
        }
        source.read(original, from, into, offset, count);
    }
}
