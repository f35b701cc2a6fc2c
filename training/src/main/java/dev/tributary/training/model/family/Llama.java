package dev.tributary.training.model.family;

import dev.tributary.training.model.Attention;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Head;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.ModelConfig;
import dev.tributary.training.model.RmsNorm;
import dev.tributary.training.model.Rope;
import dev.tributary.training.model.Transformer;
import dev.tributary.training.model.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Llama (Touvron et al. 2023): RMS norm before each block, rotary positions, grouped key and value heads, SwiGLU. Several
 * later families are Llama with small differences, which a {@link Variant} names.
 */
final class Llama implements Transformer {

    static final Family FAMILY = family("llama", config -> {
        boolean bias = config.flag("attention_bias", false);
        return new Variant(bias, bias, config.flag("mlp_bias", false), false, layer -> Attention.NO_WINDOW);
    });

    /**
     * How a family differs from Llama.
     *
     * @param headNorms RMS norm on every head of q and k before they turn
     * @param window how many tokens layer i sees
     */
    record Variant(
            boolean queryKeyValueBias,
            boolean outputBias,
            boolean mlpBias,
            boolean headNorms,
            Function<Integer, Integer> window) {}

    private final int hidden;
    private final int heads;
    private final int groups; // key and value heads
    private final int headSize;
    private final int positions;
    private final int vocabulary;
    private final String activation;
    private final Rope rope;

    private final Tensor embeddings; // (vocabulary, hidden)
    private final List<Block> blocks = new ArrayList<>();
    private final RmsNorm norm;

    private Llama(ModelConfig config, Weights weights, Variant variant) {
        hidden = config.positive("hidden_size");
        heads = config.positive("num_attention_heads");
        groups = config.has("num_key_value_heads") ? config.divisorOf(heads, "num_key_value_heads") : heads;
        headSize = config.has("head_dim")
                ? config.positive("head_dim")
                : hidden / config.divisorOf(hidden, "num_attention_heads");
        positions = config.positive("max_position_embeddings");
        vocabulary = config.positive("vocab_size");
        activation = Activation.checked(config, "hidden_act", "silu");
        rope = Rope.of(config, headSize, positions);
        double epsilon = config.number("rms_norm_eps", 1e-6);

        String root = weights.prefix("embed_tokens.weight", "model.", "");
        embeddings = weights.tensor(root + "embed_tokens.weight", vocabulary, hidden);
        int inner = config.positive("intermediate_size");
        for (int i = 0; i < config.positive("num_hidden_layers"); i++) {
            blocks.add(new Block(
                    weights,
                    root + "layers." + i,
                    inner,
                    epsilon,
                    variant,
                    variant.window().apply(i)));
        }
        norm = weights.rmsNorm(root + "norm", hidden, epsilon);
    }

    @Override
    public Tensor embed(Batch batch) {
        return torch.embedding(embeddings, batch.ids());
    }

    private final class Block implements Layer {
        private final RmsNorm attentionNorm;
        private final Linear query; // (heads·d, hidden)
        private final Linear key, value; // (groups·d, hidden)
        private final Linear attentionOut; // (hidden, heads·d)
        private final @Nullable RmsNorm queryNorm, keyNorm; // (d)
        private final int window;
        private final RmsNorm mlpNorm;
        private final Linear gate, up; // (inner, hidden)
        private final Linear down; // (hidden, inner)

        Block(Weights weights, String path, int inner, double epsilon, Variant variant, int window) {
            String attention = path + ".self_attn.";
            String mlp = path + ".mlp.";
            boolean bias = variant.queryKeyValueBias();
            this.window = window;
            attentionNorm = weights.rmsNorm(path + ".input_layernorm", hidden, epsilon);
            query = weights.linear(attention + "q_proj", heads * headSize, hidden, bias);
            key = weights.linear(attention + "k_proj", groups * headSize, hidden, bias);
            value = weights.linear(attention + "v_proj", groups * headSize, hidden, bias);
            attentionOut = weights.linear(attention + "o_proj", hidden, heads * headSize, variant.outputBias());
            queryNorm = variant.headNorms() ? weights.rmsNorm(attention + "q_norm", headSize, epsilon) : null;
            keyNorm = variant.headNorms() ? weights.rmsNorm(attention + "k_norm", headSize, epsilon) : null;
            mlpNorm = weights.rmsNorm(path + ".post_attention_layernorm", hidden, epsilon);
            gate = weights.linear(mlp + "gate_proj", inner, hidden, variant.mlpBias());
            up = weights.linear(mlp + "up_proj", inner, hidden, variant.mlpBias());
            down = weights.linear(mlp + "down_proj", hidden, inner, variant.mlpBias());
        }

        @Override
        public Tensor forward(Tensor x, Batch batch) {
            Tensor attended = x.add(attend(attentionNorm.forward(x), batch));
            Tensor n = mlpNorm.forward(attended);
            Tensor inner = Activation.apply(activation, gate.forward(n)).mul(up.forward(n)); // (tokens, inner)
            return attended.add(down.forward(inner));
        }

        private Tensor attend(Tensor n, Batch batch) {
            Tensor q = rope.rotate(perHead(queryNorm, query.forward(n)), batch);
            Tensor k = rope.rotate(perHead(keyNorm, key.forward(n)), batch);
            Tensor v = value.forward(n);
            double scale = 1 / Math.sqrt(headSize);
            return attentionOut.forward(Attention.causal(q, k, v, heads, groups, window, scale, batch));
        }

        /** x (tokens, h·d), every head normed by itself. */
        private Tensor perHead(@Nullable RmsNorm headNorm, Tensor x) {
            return headNorm == null
                    ? x
                    : headNorm.forward(x.view(x.size(0), -1, headSize)).view(x.size(0), x.size(1));
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

    /** A family that is Llama but for {@code variant}. */
    static Family family(String modelType, Function<ModelConfig, Variant> variant) {
        return new Family(
                modelType,
                (config, weights) -> new Llama(config, weights, variant.apply(config)),
                Llama::classifier,
                Llama::languageHead,
                List.of("lm_head.", "score.", "rotary_emb.inv_freq"));
    }

    /** ForSequenceClassification: a linear layer on the last token. */
    private static Head classifier(Transformer body, ModelConfig config, Weights weights, int labels) {
        Linear score = weights.head("score", labels, body.hiddenSize(), false);
        return (x, batch) -> score.forward(batch.last(x)); // (size, labels)
    }

    private static Head languageHead(Transformer body, ModelConfig config, Weights weights) {
        return LanguageHeads.of(((Llama) body).embeddings, config.flag("tie_word_embeddings", false), weights);
    }
}
