package dev.tributary.training.model.family;

import dev.tributary.training.model.Head;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.ModelConfig;
import dev.tributary.training.model.Transformer;
import dev.tributary.training.model.Weights;
import org.bytedeco.pytorch.global.torch;

/** RoBERTa (Liu et al. 2019): BERT's blocks; positions are counted from the padding id + 1. */
final class Roberta {

    static final Family FAMILY = family("roberta");
    static final Family XLM = family("xlm-roberta");

    private Roberta() {}

    private static Family family(String modelType) {
        return Family.encoder(
                modelType,
                (config, weights) -> new Bert(config, weights, "roberta.", config.integer("pad_token_id", 1) + 1),
                Roberta::classifier,
                "pooler.",
                "classifier.",
                "lm_head.",
                "position_ids");
    }

    /** RobertaForSequenceClassification: dense layer, tanh and output layer on the first token. */
    private static Head classifier(Transformer body, ModelConfig config, Weights weights, int labels) {
        int hidden = body.hiddenSize();
        Linear dense = weights.head("classifier.dense", hidden, hidden, true);
        Linear out = weights.head("classifier.out_proj", labels, hidden, true);
        return (x, batch) -> out.forward(torch.tanh(dense.forward(batch.first(x)))); // (size, labels)
    }
}
