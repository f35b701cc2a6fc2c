package dev.tributary.training.bench;

import java.util.List;
import java.util.Locale;

/**
 * What one measured step works on.
 *
 * @param groups key and value heads
 * @param length tokens of every sequence
 * @param targets modules with a LoRA adapter
 */
public record StepShape(
        String name,
        String architecture,
        int layers,
        int hidden,
        int heads,
        int groups,
        int inner,
        int vocabulary,
        int batch,
        int length,
        int rank,
        List<String> targets) {

    /** A LoRA step of the size of all-MiniLM-L6-v2: 21 million parameters, 1024 tokens, classification. */
    public static final StepShape MINILM =
            new StepShape("minilm", "BertModel", 6, 384, 12, 12, 1536, 30522, 8, 128, 8, List.of("query", "value"));

    /** A small decoder with LoRA on every linear module: 1024 tokens, next-token prediction. */
    public static final StepShape LLAMA = new StepShape(
            "llama",
            "LlamaForCausalLM",
            4,
            512,
            8,
            8,
            1408,
            8192,
            4,
            256,
            8,
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"));

    /** Llama 3.2 1B with a smaller vocabulary and LoRA on q and v: 4096 tokens, for GPUs. */
    public static final StepShape LLAMA_1B = new StepShape(
            "llama-1b", "LlamaForCausalLM", 16, 2048, 32, 8, 8192, 32000, 4, 1024, 16, List.of("q_proj", "v_proj"));

    public static final List<StepShape> ALL = List.of(MINILM, LLAMA, LLAMA_1B);

    public StepShape {
        targets = List.copyOf(targets);
    }

    /** @throws IllegalArgumentException if there is no such shape; the message lists them */
    public static StepShape named(String name) {
        return ALL.stream()
                .filter(shape -> shape.name.equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no shape " + name + "; there are "
                        + ALL.stream().map(StepShape::name).toList()));
    }

    public StepShape withBatch(int sequences, int tokens) {
        return new StepShape(
                name, architecture, layers, hidden, heads, groups, inner, vocabulary, sequences, tokens, rank, targets);
    }

    /** Longest sequence. */
    public int positions() {
        return isDecoder() ? 8192 : 512;
    }

    boolean isDecoder() {
        return architecture.endsWith("CausalLM");
    }

    /** Tokens in one step. */
    public long tokens() {
        return (long) batch * length;
    }

    /**
     * Floating point operations in the frozen linear modules of one step: forward, and backward to the inputs (their
     * weights have no gradient). Attention, adapters and everything element by element come on top.
     */
    public double linearFlops() {
        double perToken = isDecoder()
                ? layers * ((2 + 2.0 * groups / heads) * hidden * hidden + 3.0 * hidden * inner)
                        + (double) hidden * vocabulary
                : layers * (4.0 * hidden * hidden + 2.0 * hidden * inner);
        return 2 * 2 * perToken * tokens();
    }
}
