package dev.tributary.training.lora;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Adapters;
import dev.tributary.training.model.Delta;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.Torch;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of one adapter as libtorch parameters, and the modules made of them. Belongs to one training; the tensors
 * live in the pointer scope in which it was made.
 */
public final class AdapterTensors implements Adapters {

    private final AdapterConfig config;
    private final Device device;
    private final SortedMap<String, Tensor> tensors = new TreeMap<>();
    private final Set<String> trainable;
    private final Set<String> used = new TreeSet<>();
    private final AdapterType type;
    private final Projections projections;
    private @Nullable Dropout dropout;

    /**
     * @param start the values
     * @param trainable names of the tensors that take gradients
     * @param device where the model lives
     */
    public AdapterTensors(AdapterConfig config, TensorSource start, Set<String> trainable, Device device) {
        this.config = config;
        this.device = device;
        this.trainable = new TreeSet<>(trainable);
        this.type = AdapterType.named(config.type());
        for (TensorInfo info : start.layout().tensors().values()) {
            tensors.put(info.name(), device.floats(start.read(info.name()), info.shape()));
        }
        projections = new Projections(device, config.rank(), find("vera_A"), find("vera_B"));
        for (String name : trainable) {
            if (!tensors.containsKey(name)) {
                throw new TrainingException("tensor " + name + " is to be trained, but the adapter does not have it");
            }
        }
        tensors.forEach((name, tensor) -> tensor.set_requires_grad(trainable.contains(name)));
    }

    private AdapterTensors(AdapterTensors other) {
        this.config = other.config;
        this.device = other.device;
        this.trainable = other.trainable;
        this.type = other.type;
        other.tensors.forEach((name, tensor) -> {
            Tensor alias = tensor.detach();
            alias.set_requires_grad(trainable.contains(name));
            tensors.put(name, alias);
        });
        projections = new Projections(device, config.rank(), find("vera_A"), find("vera_B"));
    }

    /** The same values in the same memory with gradients of their own, for a second thread to work with. */
    public AdapterTensors withOwnGradients() {
        return new AdapterTensors(this);
    }

    public Device device() {
        return device;
    }

    public AdapterConfig config() {
        return config;
    }

    @Override
    public @Nullable Delta delta(Linear linear) {
        return type.delta(linear, this);
    }

    @Override
    public @Nullable Tensor saved(String name) {
        return find(name);
    }

    /** Whether the adapter has a tensor of one of these roles for the module. */
    boolean hasAny(Linear module, TensorRole... roles) {
        return Arrays.stream(roles).anyMatch(role -> tensors.containsKey(new TensorName(module.path(), role).key()));
    }

    Projections projections() {
        return projections;
    }

    /** Lets the inputs of the adapters drop out from now on, as {@code adapter.dropout} says; while training only. */
    public void dropOut(long seed) {
        dropout = config.dropout() == 0 ? null : new Dropout(device, config.dropout(), seed);
    }

    /** x, or x with some values dropped. */
    Tensor dropped(Tensor x) {
        return dropout == null ? x : dropout.apply(x);
    }

    /** The tensor of a module's role, with the shape it must have. */
    Tensor need(Linear module, TensorRole role, long... shape) {
        String name = new TensorName(module.path(), role).key();
        Tensor tensor = find(name);
        if (tensor == null) {
            throw new TrainingException("adapter tensor " + name + " is missing");
        }
        boolean fits = tensor.dim() == shape.length;
        for (int d = 0; fits && d < shape.length; d++) {
            fits = tensor.size(d) == shape[d];
        }
        if (!fits) {
            throw new TrainingException("adapter tensor " + name + " has the wrong shape; rank "
                    + config.rankOf(module.path()) + " on a module of " + module.in() + " inputs and " + module.out()
                    + " outputs needs " + Arrays.toString(shape));
        }
        return tensor;
    }

    /** The tensor of a module's role, or null. */
    @Nullable
    Tensor find(Linear module, TensorRole role) {
        return find(new TensorName(module.path(), role).key());
    }

    /** The tensor of this name, or null. */
    public @Nullable Tensor tensor(String name) {
        return tensors.get(name);
    }

    @Nullable
    Tensor find(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor != null) {
            used.add(name);
        }
        return tensor;
    }

    /** To be called when the model is put together: fails if some tensor of the adapter found no place in it. */
    public void complete() {
        projections.complete();
        for (String name : tensors.keySet()) {
            if (!used.contains(name)) {
                throw new TrainingException("adapter tensor " + name + " belongs to no module of the model; check "
                        + "adapter.target-modules against the model's modules");
            }
        }
    }

    /** The parameters that take gradients, by name. */
    public SortedMap<String, Tensor> parameters() {
        TreeMap<String, Tensor> parameters = new TreeMap<>(tensors);
        parameters.keySet().retainAll(trainable);
        return Collections.unmodifiableSortedMap(parameters);
    }

    /** Whether a tensor belongs to a fully trained module, such as a classification head. */
    public boolean isHead(String name) {
        if (name.startsWith("vera_")) {
            return false;
        }
        TensorRole role = TensorName.parse(name).role();
        return role == TensorRole.WEIGHT || role == TensorRole.BIAS;
    }

    /** Whether a tensor is a B factor. */
    public boolean isB(String name) {
        return !name.startsWith("vera_") && TensorName.parse(name).role() == TensorRole.LORA_B;
    }

    /** The present values of all tensors. */
    public Tensors values() {
        Tensors.Builder values = Tensors.builder();
        tensors.forEach((name, tensor) -> values.put(name, Torch.floats(tensor), shape(tensor)));
        return values.build();
    }

    static int[] shape(Tensor tensor) {
        int[] shape = new int[(int) tensor.dim()];
        for (int d = 0; d < shape.length; d++) {
            shape[d] = (int) tensor.size(d);
        }
        return shape;
    }
}
