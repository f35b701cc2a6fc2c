package dev.tributary.training.bench;

import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.Tensors;
import dev.tributary.training.optim.SeededRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Hugging Face directory of a given shape with random weights, and a tokenizer of the words w0, w1, … */
final class SyntheticModel {

    private static final double BOUND = 0.035; // uniform: a deviation of 0.02

    private final StepShape shape;
    private final SeededRandom random = SeededRandom.of(1);
    private final Tensors.Builder tensors = Tensors.builder();

    private SyntheticModel(StepShape shape) {
        this.shape = shape;
    }

    static Path write(StepShape shape, Path directory) throws IOException {
        SyntheticModel model = new SyntheticModel(shape);
        if (shape.isDecoder()) {
            model.llama();
        } else {
            model.bert();
        }
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), model.config());
        Files.writeString(directory.resolve("tokenizer.json"), tokenizer(shape.vocabulary()));
        SafetensorsWriter.write(directory.resolve("model.safetensors"), model.tensors.build(), Map.of());
        return directory;
    }

    private void bert() {
        weight("embeddings.word_embeddings.weight", shape.vocabulary(), shape.hidden());
        weight("embeddings.position_embeddings.weight", shape.positions(), shape.hidden());
        weight("embeddings.token_type_embeddings.weight", 2, shape.hidden());
        norm("embeddings.LayerNorm", true);
        for (int i = 0; i < shape.layers(); i++) {
            String layer = "encoder.layer." + i;
            linear(layer + ".attention.self.query", shape.hidden(), shape.hidden());
            linear(layer + ".attention.self.key", shape.hidden(), shape.hidden());
            linear(layer + ".attention.self.value", shape.hidden(), shape.hidden());
            linear(layer + ".attention.output.dense", shape.hidden(), shape.hidden());
            norm(layer + ".attention.output.LayerNorm", true);
            linear(layer + ".intermediate.dense", shape.inner(), shape.hidden());
            linear(layer + ".output.dense", shape.hidden(), shape.inner());
            norm(layer + ".output.LayerNorm", true);
        }
    }

    private void llama() {
        weight("model.embed_tokens.weight", shape.vocabulary(), shape.hidden());
        for (int i = 0; i < shape.layers(); i++) {
            String layer = "model.layers." + i;
            int grouped = shape.hidden() / shape.heads() * shape.groups();
            weight(layer + ".self_attn.q_proj.weight", shape.hidden(), shape.hidden());
            weight(layer + ".self_attn.k_proj.weight", grouped, shape.hidden());
            weight(layer + ".self_attn.v_proj.weight", grouped, shape.hidden());
            weight(layer + ".self_attn.o_proj.weight", shape.hidden(), shape.hidden());
            weight(layer + ".mlp.gate_proj.weight", shape.inner(), shape.hidden());
            weight(layer + ".mlp.up_proj.weight", shape.inner(), shape.hidden());
            weight(layer + ".mlp.down_proj.weight", shape.hidden(), shape.inner());
            norm(layer + ".input_layernorm", false);
            norm(layer + ".post_attention_layernorm", false);
        }
        norm("model.norm", false);
    }

    private void linear(String path, int out, int in) {
        weight(path + ".weight", out, in);
        tensors.put(path + ".bias", new float[out], out);
    }

    private void weight(String name, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (((random.nextLong() >>> 11) * 0x1p-52 - 1) * BOUND);
        }
        tensors.put(name, values, rows, columns);
    }

    private void norm(String path, boolean bias) {
        float[] ones = new float[shape.hidden()];
        Arrays.fill(ones, 1);
        tensors.put(path + ".weight", ones, shape.hidden());
        if (bias) {
            tensors.put(path + ".bias", new float[shape.hidden()], shape.hidden());
        }
    }

    private String config() {
        String common = """
                "architectures":["%s"],"hidden_size":%d,"num_hidden_layers":%d,"num_attention_heads":%d,
                "num_key_value_heads":%d,"intermediate_size":%d,"vocab_size":%d""".formatted(
                        shape.architecture(),
                        shape.hidden(),
                        shape.layers(),
                        shape.heads(),
                        shape.groups(),
                        shape.inner(),
                        shape.vocabulary());
        return shape.isDecoder() ? """
                {"model_type":"llama","hidden_act":"silu","rms_norm_eps":1e-6,"rope_theta":10000.0,
                 "max_position_embeddings":%d,"tie_word_embeddings":true,%s}""".formatted(shape.positions(), common) : """
                {"model_type":"bert","hidden_act":"gelu","layer_norm_eps":1e-12,"type_vocab_size":2,
                 "max_position_embeddings":%d,%s}""".formatted(shape.positions(), common);
    }

    static String tokenizer(int words) {
        String vocabulary =
                IntStream.range(0, words).mapToObj(i -> "\"w" + i + "\":" + i).collect(Collectors.joining(","));
        return """
                {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
                 "pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,
                 "model":{"type":"WordLevel","vocab":{%s},"unk_token":"w0"}}""".formatted(vocabulary);
    }
}
