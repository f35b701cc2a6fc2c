package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
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
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * The state before round 1 of a method on LoRA factors: A drawn from the job's seed and the module's name, B and the
 * classification head zero. Tensors that never change go into the part {@value #FROZEN}, the rest into {@value #ADAPTER}.
 */
final class InitialState {

    static final String ADAPTER = "adapter";
    static final String FROZEN = "frozen";
    static final String HEAD = "classifier";
    static final Set<String> INITIALISATIONS = Set.of("kaiming", "orthogonal");

    private final Job job;
    private final ModelDescriptor model;

    InitialState(Job job, ModelDescriptor model) {
        this.job = job;
        this.model = model;
    }

    /** Every tensor of the state: A and B per target module, and the head of a classification task. */
    List<TensorInfo> tensors() {
        AdapterConfig adapter = job.adapter();
        List<TensorInfo> infos = new ArrayList<>();
        for (String module : model.select(adapter.targetModules())) {
            LinearShape shape = shape(module);
            int rank = adapter.rankOf(module);
            infos.add(TensorInfo.f32(Modules.a(module), rank, shape.in()));
            infos.add(TensorInfo.f32(Modules.b(module), shape.out(), rank));
        }
        infos.addAll(head());
        return infos;
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
        List<TensorInfo> still = new ArrayList<>();
        List<TensorInfo> moving = new ArrayList<>();
        for (TensorInfo info : tensors()) {
            (frozen.contains(TensorName.parse(info.name()).role()) ? still : moving).add(info);
        }
        write(next, ADAPTER, moving);
        if (!still.isEmpty()) {
            write(next, FROZEN, still);
        }
    }

    private void write(NextState next, String part, List<TensorInfo> infos) {
        Layout layout = Layout.of(infos);
        try (SafetensorsWriter writer = next.part(part, layout)) {
            for (TensorInfo info : layout.tensors().values()) {
                writer.write(info.name(), draw(info));
            }
        }
    }

    float[] draw(TensorInfo info) {
        if (TensorName.parse(info.name()).role() != TensorRole.LORA_A) {
            return new float[Math.toIntExact(info.elements())];
        }
        int rank = info.shape().get(0);
        int in = info.shape().get(1);
        SeededTensors random = new SeededTensors(job.seed(), info.name());
        return job.adapter().initialisation().equals("orthogonal")
                ? random.orthonormalRows(rank, in).toFloats()
                : random.kaiming(rank, in);
    }
}
