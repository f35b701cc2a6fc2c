package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterKind;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.SeededTensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The state before round 1 of a method on LoRA factors: A drawn from the job's seed and the module's name, B and the
 * classification head zero. Tensors that never change go into the part {@value #FROZEN}, the rest into {@value #ADAPTER}.
 */
final class InitialState {

    static final String ADAPTER = "adapter";
    static final String FROZEN = "frozen";
    static final String HEAD = "classifier";

    private final Job job;
    private final ModelDescriptor model;

    InitialState(Job job, ModelDescriptor model) {
        this.job = job;
        this.model = model;
    }

    /** Every tensor of the state: A and B per target module, and the head of a classification task. */
    List<TensorInfo> tensors() {
        List<TensorInfo> infos = new ArrayList<>();
        for (String module : model.select(job.adapter().targetModules())) {
            infos.addAll(tensors(module, shape(module), job.adapter().rankOf(module)));
        }
        infos.addAll(head());
        return infos;
    }

    private List<TensorInfo> tensors(String module, LinearShape shape, int rank) {
        return AdapterKind.of(job.adapter()).roles().stream()
                .filter(role -> role != TensorRole.LORA_R && role != TensorRole.LORA_H)
                .map(role -> TensorInfo.f32(Modules.key(module, role), dimensions(role, shape, rank)))
                .toList();
    }

    private static int[] dimensions(TensorRole role, LinearShape shape, int rank) {
        return switch (role) {
            case LORA_A -> new int[] {rank, shape.in()};
            case LORA_B -> new int[] {shape.out(), rank};
            case VERA_D -> new int[] {rank};
            case VERA_B, MAGNITUDE -> new int[] {shape.out()};
            default -> throw new IllegalArgumentException(role + " is no tensor of an adapted module");
        };
    }

    List<TensorInfo> head() {
        if (!job.task().isClassification()) {
            return List.of();
        }
        int labels = job.task().labels().size();
        return List.of(
                TensorInfo.f32(Modules.key(HEAD, TensorRole.WEIGHT), labels, model.hiddenSize()),
                TensorInfo.f32(Modules.key(HEAD, TensorRole.BIAS), labels));
    }

    private LinearShape shape(String module) {
        LinearShape shape = model.linearModules().get(module);
        if (shape == null) {
            throw new NoSuchElementException("no linear module " + module + " in " + model.name());
        }
        return shape;
    }

    /** Writes the tensors of the given roles to {@value #FROZEN}, all others to {@value #ADAPTER}. */
    void write(NextState next, Set<TensorRole> frozen) {
        write(next, role -> frozen.contains(role) ? FROZEN : ADAPTER);
    }

    /** Writes each tensor to the part that {@code part} names for its role. */
    void write(NextState next, Function<TensorRole, String> part) {
        SortedMap<String, List<TensorInfo>> parts = new TreeMap<>();
        for (TensorInfo info : tensors()) {
            parts.computeIfAbsent(part.apply(TensorName.parse(info.name()).role()), p -> new ArrayList<>())
                    .add(info);
        }
        parts.forEach((name, infos) -> next.part(name, Layout.of(infos), this::draw));
    }

    /** A by the job's initialisation, VeRA's d 0.1 as in PEFT, all else zero. */
    float[] draw(TensorInfo info) {
        TensorRole role = TensorName.parse(info.name()).role();
        float[] zero = new float[Math.toIntExact(info.elements())];
        if (role == TensorRole.VERA_D) {
            Arrays.fill(zero, 0.1f);
            return zero;
        }
        return role == TensorRole.LORA_A
                ? drawA(job, info.name(), info.shape().get(0), info.shape().get(1))
                : zero;
    }

    /** A or B of a frozen pair: A with orthonormal rows, B with orthonormal columns. */
    static float[] orthonormal(Job job, TensorInfo info) {
        SeededTensors random = new SeededTensors(job.seed(), info.name());
        int rows = info.shape().get(0);
        int columns = info.shape().get(1);
        return TensorName.parse(info.name()).role() == TensorRole.LORA_A
                ? random.orthonormalRows(rows, columns).toFloats()
                : random.orthonormalRows(columns, rows).transposed().toFloats();
    }

    static float[] drawA(Job job, String name, int rank, int in) {
        SeededTensors random = new SeededTensors(job.seed(), name);
        return job.adapter().initialisation().equals("orthogonal")
                ? random.orthonormalRows(rank, in).toFloats()
                : random.kaiming(rank, in);
    }
}
