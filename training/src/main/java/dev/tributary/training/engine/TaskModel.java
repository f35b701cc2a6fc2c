package dev.tributary.training.engine;

import dev.tributary.plan.Job;
import dev.tributary.plan.TargetModules;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.lora.AdapterTensors;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.FrozenTensors;
import dev.tributary.training.model.Head;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.Torch;
import dev.tributary.training.model.Transformer;
import dev.tributary.training.model.Weights;
import dev.tributary.training.model.family.Family;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The base, an adapter and a task head, put together for one piece of work. Lives in the caller's pointer scope. */
record TaskModel(Transformer body, Head head, AdapterTensors adapter, Objective objective, List<Linear> linears) {

    static TaskModel of(BaseModel base, FrozenTensors tensors, Workload work, Set<String> trainable) {
        return of(
                base,
                tensors,
                work.task(),
                new AdapterTensors(work.adapter(), work.start(), trainable, tensors.device()));
    }

    /** A model that shares all values with this one and has gradients of its own. */
    TaskModel withOwnGradients(BaseModel base, FrozenTensors tensors, Job.Task task) {
        return of(base, tensors, task, adapter.withOwnGradients());
    }

    private static TaskModel of(BaseModel base, FrozenTensors tensors, Job.Task task, AdapterTensors adapter) {
        Weights weights = new Weights(tensors, adapter);
        Transformer body = base.family().body().create(base.config(), weights);
        Head head = head(base, task, body, weights);
        weights.refuseExtras(base.family().otherTensors());
        adapter.complete();
        requireWhole(adapter, weights.linears());
        Objective objective = task.isClassification() ? Objective.CLASSIFICATION : Objective.NEXT_TOKEN;
        return new TaskModel(body, head, adapter, objective, weights.allLinears());
    }

    /** An adapter of none of its targets is the base as it is; one of some of them has lost tensors on the way. */
    private static void requireWhole(AdapterTensors adapter, SortedMap<String, Linear> linears) {
        List<String> bare = TargetModules.select(adapter.config().targetModules(), linears.keySet()).stream()
                .filter(path -> !Objects.requireNonNull(linears.get(path)).isAdapted())
                .toList();
        if (!bare.isEmpty() && linears.values().stream().anyMatch(Linear::isAdapted)) {
            throw new TrainingException("the adapter has no tensors for " + bare.size() + " of the modules that "
                    + "adapter.target-modules selects, such as " + bare.get(0)
                    + "; fetch or export it again with all its tensors");
        }
    }

    /** This model with {@code other} in place of its body. */
    TaskModel withBody(Transformer other) {
        return new TaskModel(other, head, adapter, objective, linears);
    }

    private static Head head(BaseModel base, Job.Task task, Transformer body, Weights weights) {
        Family family = base.family();
        if (task.isClassification()) {
            int labels = task.labels().size();
            return switch (task.pooling()) {
                case "mean", "cls" -> Head.pooled(task.pooling(), body, weights, labels);
                case "model" -> family.classifier().create(body, base.config(), weights, labels);
                default ->
                    throw new TrainingException(
                            "task.pooling '" + task.pooling() + "' is not supported. Supported: mean, cls, model");
            };
        }
        if (!task.type().equals("causal-lm")) {
            throw new TrainingException(
                    "task.type '" + task.type() + "' is not supported. Supported: sequence-classification, causal-lm");
        }
        Family.LanguageHead head = family.languageHead();
        if (head == null) {
            throw new TrainingException("task.type causal-lm needs a decoder, but " + base.directory() + " is a "
                    + family.modelType() + " encoder");
        }
        return head.create(body, base.config(), weights);
    }

    Device device() {
        return adapter.device();
    }

    /** Logits of the whole batch in float32: (size, labels) or (tokens, vocabulary). */
    Tensor logits(Batch batch) {
        return logits(body.forward(batch), batch);
    }

    /** Logits of some packed rows in float32, (rows, vocabulary). */
    Tensor logits(Batch batch, Tensor rows) {
        return logits(body.forward(batch).index_select(0, rows), batch);
    }

    private Tensor logits(Tensor x, Batch batch) {
        return Torch.scoped(() -> head.logits(x, batch).to(torch.ScalarType.Float));
    }
}
