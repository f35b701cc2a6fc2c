package dev.tributary.training.model;

import dev.tributary.training.TrainingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/**
 * Where a model family takes its modules from while it is put together: frozen tensors of the checkpoint, replaced or
 * accompanied by what the adapter brings. Every module is asked for with the shape the configuration implies, so that a
 * wrong or missing tensor is an error that names it, before anything is computed.
 */
public final class Weights {

    private final FrozenTensors frozen;
    private final Adapters adapters;
    private final SortedMap<String, Linear> linears = new TreeMap<>();
    private final List<Linear> all = new ArrayList<>();
    private final Set<String> used = new TreeSet<>();

    public Weights(FrozenTensors frozen, Adapters adapters) {
        this.frozen = frozen;
        this.adapters = adapters;
    }

    /** Where the model lives. */
    public Device device() {
        return frozen.device();
    }

    /** Whether the adapter brings its own tensor of this name. */
    public boolean replaces(String name) {
        return adapters.saved(name) != null;
    }

    /** The first of {@code prefixes} under which the checkpoint has {@code name}. */
    public String prefix(String name, String... prefixes) {
        for (String prefix : prefixes) {
            if (frozen.names().contains(prefix + name)) {
                return prefix;
            }
        }
        throw new TrainingException(frozen.where() + ": tensor " + prefixes[0] + name
                + " is missing; the weights do not fit the architecture in config.json");
    }

    /** A linear module that adapters can target, weight (out, in). */
    public Linear linear(String path, int out, int in, boolean bias) {
        return target(
                path,
                new Linear(
                        path,
                        out,
                        in,
                        false,
                        linearWeight(path, false, out, in),
                        bias ? tensor(path + ".bias", out) : null));
    }

    /** GPT-2's Conv1D: a linear module whose weight is stored as (in, out). */
    public Linear conv1d(String path, int out, int in) {
        return target(
                path, new Linear(path, out, in, true, linearWeight(path, true, in, out), tensor(path + ".bias", out)));
    }

    /** An output layer: it can be trained as a whole but is no target of {@code all-linear}. */
    public Linear head(String path, int out, int in, boolean bias) {
        Linear head = new Linear(
                path, out, in, false, tensor(path + ".weight", out, in), bias ? tensor(path + ".bias", out) : null);
        all.add(head);
        return head;
    }

    private Tensor linearWeight(String path, boolean transposed, int... shape) {
        String name = path + ".weight";
        if (adapters.saved(name) != null) {
            return tensor(name, shape);
        }
        checkFrozen(name, shape);
        return frozen.linearWeight(path, transposed);
    }

    private Linear target(String path, Linear linear) {
        linears.put(path, linear);
        all.add(linear);
        linear.adapt(adapters.delta(linear));
        return linear;
    }

    public LayerNorm layerNorm(String path, int width, double epsilon) {
        return new LayerNorm(tensor(path + ".weight", width), tensor(path + ".bias", width), epsilon);
    }

    public RmsNorm rmsNorm(String path, int width, double epsilon) {
        return new RmsNorm(tensor(path + ".weight", width), epsilon);
    }

    /** A tensor of the given shape: the adapter's own if it brings one, else the frozen one. */
    public Tensor tensor(String name, int... shape) {
        used.add(name);
        List<Integer> expected = Arrays.stream(shape).boxed().toList();
        Tensor saved = adapters.saved(name);
        if (saved != null) {
            List<Integer> found = shapeOf(saved);
            check(name, expected, found, "the adapter");
            return saved;
        }
        checkFrozen(name, shape);
        return frozen.tensor(name);
    }

    private void checkFrozen(String name, int... shape) {
        used.add(name);
        List<Integer> expected = Arrays.stream(shape).boxed().toList();
        if (!frozen.names().contains(name)) {
            throw new TrainingException(
                    frozen.where() + ": tensor " + name + " is missing; expected shape " + expected);
        }
        check(name, expected, frozen.shape(name), frozen.where());
    }

    private static void check(String name, List<Integer> expected, List<Integer> found, String where) {
        if (!expected.equals(found)) {
            throw new TrainingException(
                    where + ": tensor " + name + " has shape " + found + ", but config.json implies " + expected);
        }
    }

    private static List<Integer> shapeOf(Tensor tensor) {
        return java.util.stream.LongStream.range(0, tensor.dim())
                .mapToObj(d -> (int) tensor.size(d))
                .toList();
    }

    /** Every linear module an adapter can target, by path. */
    public SortedMap<String, Linear> linears() {
        return Collections.unmodifiableSortedMap(linears);
    }

    /** Every linear module, output layers included. */
    public List<Linear> allLinears() {
        return Collections.unmodifiableList(all);
    }

    /** Fails if the checkpoint has tensors that the model did not ask for and {@code ignored} does not explain. */
    public void refuseExtras(Collection<String> ignored) {
        List<String> extras = frozen.names().stream()
                .filter(name -> !used.contains(name) && ignored.stream().noneMatch(name::contains))
                .toList();
        if (!extras.isEmpty()) {
            throw new TrainingException(frozen.where() + ": " + extras.size()
                    + " tensors do not belong to the architecture in config.json: "
                    + String.join(", ", extras.subList(0, Math.min(5, extras.size())))
                    + (extras.size() > 5 ? ", ..." : ""));
        }
    }
}
