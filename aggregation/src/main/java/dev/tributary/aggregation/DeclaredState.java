package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.StateRef;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** A job's first state of which no value is drawn: its parts, names and shapes, and what it remembers. */
final class DeclaredState implements NextState {

    private final SortedMap<String, Layout> parts = new TreeMap<>();
    private final SortedMap<String, String> remembered = new TreeMap<>();
    private final AdapterConfig config;

    private DeclaredState(AdapterConfig config) {
        this.config = config;
    }

    /** @param job one that passed the method's check */
    static DeclaredState of(FederatedMethod method, Job job, ModelDescriptor model) {
        DeclaredState declared = new DeclaredState(method.adapter(job));
        method.initial(job, model, declared);
        BaseStart.mark(method, job, declared.parts(), declared);
        return declared;
    }

    SortedMap<String, Layout> parts() {
        return Collections.unmodifiableSortedMap(parts);
    }

    /** The state before round 1. */
    GlobalState state() {
        Layout layout = Layout.of(parts.values().stream()
                .flatMap(part -> part.tensors().values().stream())
                .toList());
        return at(0, remembered, new Shapes(layout));
    }

    /** The same tensors {@code version} rounds later. */
    GlobalState after(GlobalState before, SortedMap<String, String> now) {
        return at(before.ref().version() + 1, now, before.tensors());
    }

    private GlobalState at(int version, SortedMap<String, String> memory, TensorSource shapes) {
        StateRef ref = new StateRef(version, Collections.emptySortedMap(), List.of(), memory);
        return new GlobalState(ref, config, shapes, Tensors.builder().build());
    }

    private record Shapes(Layout layout) implements TensorSource {
        @Override
        public void read(String name, long from, float[] into, int offset, int count) {
            throw new UnsupportedOperationException(name + " has no values: its state is only declared");
        }
    }

    @Override
    public SafetensorsWriter part(String name, Layout layout) {
        throw new UnsupportedOperationException("a first state names its values as a function; part " + name);
    }

    @Override
    public void part(String name, Layout layout, Function<TensorInfo, float[]> values) {
        parts.put(name, layout);
    }

    @Override
    public void keepPart(String name) {
        throw new UnsupportedOperationException("a first state has nothing to keep; part " + name);
    }

    @Override
    public SafetensorsWriter fold(Layout layout) {
        throw new UnsupportedOperationException("a first state folds nothing");
    }

    @Override
    public void remember(String key, String value) {
        remembered.put(key, value);
    }
}
