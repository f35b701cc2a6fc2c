package dev.tributary.training.model.family;

import dev.tributary.training.model.Head;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.Weights;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Scores of the next token: {@code lm_head}, or the embeddings themselves where the two are tied. */
final class LanguageHeads {

    private LanguageHeads() {}

    /** @param embeddings (vocabulary, hidden) */
    static Head of(Tensor embeddings, boolean tied, Weights weights) {
        if (tied && !weights.replaces("lm_head.weight")) {
            return (x, batch) -> torch.linear(x, embeddings); // (tokens, vocabulary)
        }
        Linear head = weights.head("lm_head", (int) embeddings.size(0), (int) embeddings.size(1), false);
        return (x, batch) -> head.forward(x);
    }
}
