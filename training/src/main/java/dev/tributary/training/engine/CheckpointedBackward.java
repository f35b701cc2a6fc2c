package dev.tributary.training.engine;

import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Torch;
import dev.tributary.training.model.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.jspecify.annotations.Nullable;

/**
 * Gradient checkpointing (Chen et al. 2016): the forward pass keeps only what enters each layer; the backward pass
 * computes one layer at a time again. The gradients are the same.
 */
final class CheckpointedBackward extends Backward {

    @Override
    Result add(TaskModel model, List<Encoded> examples, double gradientWeight, double lossWeight) {
        Recomputed body = new Recomputed(model.body());
        TaskModel outer = model.withBody(body);
        Objective.Outcome outcome = outer.objective().measure(outer, examples);
        double loss = outcome.loss().item_double();
        outcome.dropLogits();
        if (Double.isFinite(loss)) {
            weighted(outcome.loss(), gradientWeight).backward();
            body.backward();
        }
        return new Result(lossWeight * loss, outcome.tokens(), outcome.slots());
    }

    /** The model's body, for one forward and one backward pass. */
    private static final class Recomputed implements Transformer {

        private final Transformer body;
        private final List<Tensor> inputs = new ArrayList<>(); // of every layer, and what leaves the last one
        private @Nullable Batch batch;

        Recomputed(Transformer body) {
            this.body = body;
        }

        @Override
        public Tensor forward(Batch examples) {
            batch = examples;
            try (NoGradGuard noGradients = new NoGradGuard()) {
                inputs.add(Torch.scoped(() -> embed(examples)));
                for (int i = 0; i < layers().size(); i++) {
                    int layer = i;
                    inputs.add(Torch.scoped(() -> layers().get(layer).forward(inputs.get(layer), examples)));
                }
            }
            return finish(input(layers().size()));
        }

        private Tensor input(int layer) {
            Tensor x = inputs.get(layer);
            x.set_requires_grad(true);
            return x;
        }

        void backward() {
            Batch examples = Objects.requireNonNull(batch);
            try (examples) {
                for (int i = layers().size() - 1; i >= 0; i--) {
                    try (PointerScope scope = new PointerScope()) {
                        Tensor y = layers().get(i).forward(i == 0 ? inputs.get(0) : input(i), examples);
                        Tensor gradient = inputs.get(i + 1).grad();
                        if (y.requires_grad()) { // not where neither the layer nor anything before it is trained
                            y.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
                        }
                    }
                }
            }
        }

        @Override
        public Tensor embed(Batch examples) {
            return body.embed(examples);
        }

        @Override
        public List<? extends Layer> layers() {
            return body.layers();
        }

        @Override
        public Tensor finish(Tensor x) {
            return body.finish(x);
        }

        @Override
        public int hiddenSize() {
            return body.hiddenSize();
        }

        @Override
        public int maxPositions() {
            return body.maxPositions();
        }

        @Override
        public int vocabulary() {
            return body.vocabulary();
        }
    }
}
