package dev.tributary.training.model.family;

import dev.tributary.training.model.Attention;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Head;
import dev.tributary.training.model.LayerNorm;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.ModelConfig;
import dev.tributary.training.model.Transformer;
import dev.tributary.training.model.Weights;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * BERT (Devlin et al. 2018): bidirectional, norm after each residual sum. Read with the {@code bert.} prefix of the task
 * models and without it, as sentence encoders are stored. RoBERTa has the same blocks.
 */
final class Bert implements Transformer {

    static final Family FAMILY = Family.encoder(
            "bert",
            (config, weights) -> new Bert(config, weights, "bert.", 0),
            Bert::classifier,
            "pooler.",
            "classifier.",
            "cls.",
            "position_ids");

    private final int hidden;
    private final int heads;
    private final int positions; // rows of the position embeddings
    private final int firstPosition;
    private final int vocabulary;
    private final String activation;

    private final Tensor wordEmbeddings; // (vocabulary, hidden)
    private final Tensor positionEmbeddings; // (positions, hidden)
    private final Tensor typeEmbeddings; // (types, hidden)
    private final LayerNorm embeddingNorm;
    private final List<Block> blocks = new ArrayList<>();

    Bert(ModelConfig config, Weights weights, String prefix, int firstPosition) {
        this.firstPosition = firstPosition;
        hidden = config.positive("hidden_size");
        heads = config.divisorOf(hidden, "num_attention_heads");
        positions = config.positive("max_position_embeddings");
        vocabulary = config.positive("vocab_size");
        activation = Activation.checked(config, "hidden_act", "gelu");
        config.oneOf("position_embedding_type", "absolute", "absolute");
        double epsilon = config.number("layer_norm_eps", 1e-12);

        String root = weights.prefix("embeddings.word_embeddings.weight", "", prefix);
        String e = root + "embeddings.";
        wordEmbeddings = weights.tensor(e + "word_embeddings.weight", vocabulary, hidden);
        positionEmbeddings = weights.tensor(e + "position_embeddings.weight", positions, hidden);
        typeEmbeddings =
                weights.tensor(e + "token_type_embeddings.weight", config.positive("type_vocab_size", 2), hidden);
        embeddingNorm = weights.layerNorm(e + "LayerNorm", hidden, epsilon);
        int inner = config.positive("intermediate_size");
        for (int i = 0; i < config.positive("num_hidden_layers"); i++) {
            blocks.add(new Block(weights, root + "encoder.layer." + i, inner, epsilon));
        }
    }

    @Override
    public Tensor embed(Batch batch) {
        Tensor words = torch.embedding(wordEmbeddings, batch.ids());
        Tensor places = torch.embedding(positionEmbeddings, batch.positions(firstPosition));
        Tensor types = torch.embedding(typeEmbeddings, batch.types());
        return embeddingNorm.forward(words.add(types).add(places));
    }

    private final class Block implements Layer {
        private final Linear query, key, value, attentionOut; // (hidden, hidden)
        private final LayerNorm attentionNorm;
        private final Linear up; // (inner, hidden)
        private final Linear down; // (hidden, inner)
        private final LayerNorm norm;

        Block(Weights weights, String path, int inner, double epsilon) {
            query = weights.linear(path + ".attention.self.query", hidden, hidden, true);
            key = weights.linear(path + ".attention.self.key", hidden, hidden, true);
            value = weights.linear(path + ".attention.self.value", hidden, hidden, true);
            attentionOut = weights.linear(path + ".attention.output.dense", hidden, hidden, true);
            attentionNorm = weights.layerNorm(path + ".attention.output.LayerNorm", hidden, epsilon);
            up = weights.linear(path + ".intermediate.dense", inner, hidden, true);
            down = weights.linear(path + ".output.dense", hidden, inner, true);
            norm = weights.layerNorm(path + ".output.LayerNorm", hidden, epsilon);
        }

        @Override
        public Tensor forward(Tensor x, Batch batch) {
            Tensor context = Attention.bidirectional(query.forward(x), key.forward(x), value.forward(x), heads, batch);
            Tensor attended =
                    attentionNorm.forward(attentionOut.forward(context).add(x));
            Tensor inner = Activation.apply(activation, up.forward(attended));
            return norm.forward(down.forward(inner).add(attended));
        }
    }

    /** BertForSequenceClassification: tanh of a dense layer on the first token, then the classifier. */
    private static Head classifier(Transformer body, ModelConfig config, Weights weights, int labels) {
        int hidden = body.hiddenSize();
        String root = weights.prefix("pooler.dense.weight", "bert.", "");
        Linear pooler = weights.linear(root + "pooler.dense", hidden, hidden, true);
        Linear classifier = weights.head("classifier", labels, hidden, true);
        return (x, batch) -> classifier.forward(torch.tanh(pooler.forward(batch.first(x)))); // (size, labels)
    }

    @Override
    public List<? extends Layer> layers() {
        return blocks;
    }

    @Override
    public Tensor finish(Tensor x) {
        return x;
    }

    @Override
    public int hiddenSize() {
        return hidden;
    }

    @Override
    public int maxPositions() {
        return positions - firstPosition;
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }
}
