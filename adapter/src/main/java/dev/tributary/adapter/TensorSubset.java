package dev.tributary.adapter;

import java.util.NoSuchElementException;
import java.util.function.Predicate;

/** Some of the tensors of a source. */
public final class TensorSubset implements TensorSource {

    private final TensorSource source;
    private final Layout layout;

    public TensorSubset(TensorSource source, Predicate<String> names) {
        this.source = source;
        this.layout = Layout.of(source.layout().tensors().values().stream()
                .filter(info -> names.test(info.name()))
                .toList());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void read(String name, long from, float[] into, int offset, int count) {
        if (!layout.names().contains(name)) {
            throw new NoSuchElementException("no tensor named " + name);
        }
        source.read(name, from, into, offset, count);
    }
}
