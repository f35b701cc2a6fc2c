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

/** GPT-2 (Radford et al. 2019): causal, norm before each block, learned positions, weights stored as (in, out). */
final class Gpt2 implements Transformer {

    static final Family FAMILY = new Family(
            "gpt2",
            Gpt2::new,
            Gpt2::classifier,
            Gpt2::languageHead,
            List.of("lm_head.", "score.", ".attn.bias", ".attn.masked_bias"));

    private final int hidden;
    private final int heads;
    private final int positions;
    private final int vocabulary;
    private final String activation;

    private final Tensor wordEmbeddings; // (vocabulary, hidden)
    private final Tensor positionEmbeddings; // (positions, hidden)
    private final List<Block> blocks = new ArrayList<>();
    private final LayerNorm norm;

    private Gpt2(ModelConfig config, Weights weights) {
        hidden = config.positive("n_embd");
        heads = config.divisorOf(hidden, "n_head");
        positions = config.positive("n_positions", 1024);
        vocabulary = config.positive("vocab_size");
        activation = Activation.checked(config, "activation_function", "gelu_new");
        double epsilon = config.number("layer_norm_epsilon", 1e-5);

        String root = weights.prefix("wte.weight", "transformer.", "");
        wordEmbeddings = weights.tensor(root + "wte.weight", vocabulary, hidden);
        positionEmbeddings = weights.tensor(root + "wpe.weight", positions, hidden);
        int inner = config.positive("n_inner", 4 * hidden);
        for (int i = 0; i < config.positive("n_layer"); i++) {
            blocks.add(new Block(weights, root + "h." + i, inner, epsilon, scale(config, i)));
        }
        norm = weights.layerNorm(root + "ln_f", hidden, epsilon);
    }

    private double scale(ModelConfig config, int layer) {
        double scale = config.flag("scale_attn_weights", true) ? 1 / Math.sqrt(hidden / (double) heads) : 1;
        return config.flag("scale_attn_by_inverse_layer_idx", false) ? scale / (layer + 1) : scale;
    }

    @Override
    public Tensor embed(Batch batch) {
        return torch.embedding(wordEmbeddings, batch.ids()).add(torch.embedding(positionEmbeddings, batch.positions()));
    }

    private final class Block implements Layer {
        private final LayerNorm attentionNorm;
        private final Linear queryKeyValue; // (3·hidden, hidden)
        private final Linear attentionOut; // (hidden, hidden)
        private final double scale;
        private final LayerNorm mlpNorm;
        private final Linear up; // (inner, hidden)
        private final Linear down; // (hidden, inner)

        Block(Weights weights, String path, int inner, double epsilon, double scale) {
            this.scale = scale;
            attentionNorm = weights.layerNorm(path + ".ln_1", hidden, epsilon);
            queryKeyValue = weights.conv1d(path + ".attn.c_attn", 3 * hidden, hidden);
            attentionOut = weights.conv1d(path + ".attn.c_proj", hidden, hidden);
            mlpNorm = weights.layerNorm(path + ".ln_2", hidden, epsilon);
            up = weights.conv1d(path + ".mlp.c_fc", inner, hidden);
            down = weights.conv1d(path + ".mlp.c_proj", hidden, inner);
        }

        @Override
        public Tensor forward(Tensor x, Batch batch) {
            Tensor qkv = queryKeyValue.forward(attentionNorm.forward(x)); // (tokens, 3·hidden)
            Tensor q = qkv.narrow(1, 0, hidden);
            Tensor k = qkv.narrow(1, hidden, hidden);
            Tensor v = qkv.narrow(1, 2L * hidden, hidden);
            Tensor context = Attention.causal(q, k, v, heads, heads, Attention.NO_WINDOW, scale, batch);
            Tensor attended = x.add(attentionOut.forward(context));
            Tensor inner = Activation.apply(activation, up.forward(mlpNorm.forward(attended))); // (tokens, inner)
            return attended.add(down.forward(inner));
        }
    }

    @Override
    public List<? extends Layer> layers() {
        return blocks;
    }

    @Override
    public Tensor finish(Tensor x) {
        return norm.forward(x);
    }

    @Override
    public int hiddenSize() {
        return hidden;
    }

    @Override
    public int maxPositions() {
        return positions;
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    /** GPT2ForSequenceClassification: a linear layer on the last token. */
    private static Head classifier(Transformer body, ModelConfig config, Weights weights, int labels) {
        Linear score = weights.head("score", labels, body.hiddenSize(), false);
        return (x, batch) -> score.forward(batch.last(x)); // (size, labels)
    }

    private static Head languageHead(Transformer body, ModelConfig config, Weights weights) {
        return LanguageHeads.of(((Gpt2) body).wordEmbeddings, config.flag("tie_word_embeddings", true), weights);
    }
}
