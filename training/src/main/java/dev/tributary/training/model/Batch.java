package dev.tributary.training.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Some token sequences, packed one after the other. Everything that works token by token (embeddings, norms, linear
 * modules) runs on the real tokens only; attention alone pads, to the longest sequence of the batch.
 */
public final class Batch implements AutoCloseable {

    private final Device device;
    private final int[] lengths;
    private final int longest;
    private final int tokens;
    private final Tensor ids; // (tokens)
    private final Tensor types; // (tokens)
    private final Tensor positions; // (tokens), from 0 in each sequence
    private final @Nullable Tensor slots; // (tokens): row of each token in the padded layout; null if nothing is padded
    private final Map<String, Tensor> shared = new HashMap<>();

    private Batch(Device device, int[] lengths, long[] ids, long[] types) {
        this.device = device;
        this.lengths = lengths;
        this.longest = Arrays.stream(lengths).max().orElseThrow();
        this.tokens = ids.length;
        this.ids = device.longs(ids);
        this.types = device.longs(types);
        long[] position = new long[tokens];
        long[] slot = new long[tokens];
        int at = 0;
        for (int sequence = 0; sequence < lengths.length; sequence++) {
            for (int i = 0; i < lengths[sequence]; i++, at++) {
                position[at] = i;
                slot[at] = (long) sequence * longest + i;
            }
        }
        this.positions = device.longs(position);
        this.slots = tokens == lengths.length * longest ? null : device.longs(slot);
    }

    /** Sequences of token ids, none of them empty; all of token type 0. */
    public static Batch of(Device device, List<int[]> sequences) {
        return of(
                device,
                sequences,
                sequences.stream().map(s -> new int[s.length]).toList());
    }

    public static Batch of(Device device, List<int[]> sequences, List<int[]> types) {
        int[] lengths = sequences.stream().mapToInt(s -> s.length).toArray();
        if (lengths.length == 0 || Arrays.stream(lengths).anyMatch(n -> n == 0)) {
            throw new IllegalArgumentException("a batch needs sequences of at least one token");
        }
        return new Batch(device, lengths, flatten(sequences), flatten(types));
    }

    private static long[] flatten(List<int[]> sequences) {
        return sequences.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
    }

    /** Where the batch lives, and so all that is computed from it. */
    public Device device() {
        return device;
    }

    public int size() {
        return lengths.length;
    }

    public int longest() {
        return longest;
    }

    /** Real tokens. */
    public int tokens() {
        return tokens;
    }

    public int length(int sequence) {
        return lengths[sequence];
    }

    public Tensor ids() {
        return ids;
    }

    public Tensor types() {
        return types;
    }

    public Tensor positions() {
        return positions;
    }

    /** Positions counted from {@code first}. */
    public Tensor positions(int first) {
        return first == 0 ? positions : positions.add(new org.bytedeco.pytorch.Scalar((long) first));
    }

    /** x (tokens, width) → (size, longest, width), zero where there is no token. */
    public Tensor pad(Tensor x) {
        long width = x.size(1);
        if (slots == null) {
            return x.view(size(), longest, width);
        }
        Tensor rows = x.new_zeros((long) size() * longest, width);
        return rows.index_copy(0, slots, x).view(size(), longest, width);
    }

    /** x (size, longest, width) → (tokens, width). */
    public Tensor unpad(Tensor x) {
        Tensor rows = x.reshape((long) size() * longest, x.size(2));
        return slots == null ? rows : rows.index_select(0, slots);
    }

    /** 0 for tokens and the most negative float for padding, (size, 1, longest, longest) as a view; null if nothing is padded. */
    public @Nullable Tensor paddingMask() {
        if (slots == null) {
            return null;
        }
        return shared("padding", () -> {
            float[] mask = new float[size() * longest];
            for (int sequence = 0; sequence < size(); sequence++) {
                int from = sequence * longest;
                Arrays.fill(mask, from + lengths[sequence], from + longest, -Float.MAX_VALUE);
            }
            return device.floats(mask, size(), 1, 1, longest).expand(size(), 1, longest, longest);
        });
    }

    /**
     * 0 where a token may look, the most negative float where it may not: itself and the {@code window − 1} tokens before
     * it, (longest, longest). Padding stands behind all tokens of its sequence and needs no mask of its own.
     */
    public Tensor windowMask(int window) {
        return shared("window " + window, () -> {
            float[] mask = new float[longest * longest];
            for (int query = 0; query < longest; query++) {
                for (int key = 0; key < longest; key++) {
                    boolean seen = key <= query && query - key < window;
                    mask[query * longest + key] = seen ? 0 : -Float.MAX_VALUE;
                }
            }
            return device.floats(mask, longest, longest);
        });
    }

    /** The mean of each sequence's rows: x (tokens, width) → (size, width). */
    public Tensor mean(Tensor x) {
        float[] average = new float[size() * tokens];
        int at = 0;
        for (int sequence = 0; sequence < size(); sequence++) {
            Arrays.fill(
                    average,
                    sequence * tokens + at,
                    sequence * tokens + at + lengths[sequence],
                    1f / lengths[sequence]);
            at += lengths[sequence];
        }
        return torch.mm(device.floats(average, size(), tokens), x.to(torch.ScalarType.Float));
    }

    /** Each sequence's first row: x (tokens, width) → (size, width). */
    public Tensor first(Tensor x) {
        long[] rows = new long[size()];
        for (int sequence = 1; sequence < size(); sequence++) {
            rows[sequence] = rows[sequence - 1] + lengths[sequence - 1];
        }
        return x.index_select(0, device.longs(rows));
    }

    /** Each sequence's last row: x (tokens, width) → (size, width). */
    public Tensor last(Tensor x) {
        long[] rows = new long[size()];
        long end = 0;
        for (int sequence = 0; sequence < size(); sequence++) {
            end += lengths[sequence];
            rows[sequence] = end - 1;
        }
        return x.index_select(0, device.longs(rows));
    }

    /** A tensor that every layer needs, made once per batch. */
    public Tensor shared(String key, Supplier<Tensor> make) {
        Tensor known = shared.get(key);
        if (known == null) {
            known = make.get();
            known.retainReference();
            shared.put(key, known);
        }
        return known;
    }

    @Override
    public void close() {
        shared.values().forEach(Tensor::releaseReference);
        shared.clear();
    }
}
