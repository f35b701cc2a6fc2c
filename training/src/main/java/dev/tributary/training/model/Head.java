package dev.tributary.training.model;

import org.bytedeco.pytorch.Tensor;

/** What stands on top of a transformer for a task. */
@FunctionalInterface
public interface Head {

    /** From the packed last hidden states (tokens, hidden) to logits: (size, labels) or (tokens, vocabulary). */
    Tensor logits(Tensor hidden, Batch batch);

    /** A linear layer {@code classifier} on the pooled hidden states; {@code pooling} is {@code mean} or {@code cls}. */
    static Head pooled(String pooling, Transformer body, Weights weights, int labels) {
        Linear classifier = weights.head("classifier", labels, body.hiddenSize(), true);
        return pooling.equals("cls")
                ? (x, batch) -> classifier.forward(batch.first(x))
                : (x, batch) -> classifier.forward(batch.mean(x));
    }
}
