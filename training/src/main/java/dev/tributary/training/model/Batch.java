package dev.tributary.training.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
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
    private final long[] types; // (tokens)
    private final Map<String, Tensor> shared = new HashMap<>();

    private Batch(Device device, int[] lengths, long[] ids, long[] types) {
        this.device = device;
        this.lengths = lengths;
        this.longest = Arrays.stream(lengths).max().orElseThrow();
        this.tokens = ids.length;
        this.ids = device.longs(ids);
        this.types = types;
    }

    private boolean isPadded() {
        return tokens != lengths.length * longest;
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
        return shared("types", () -> device.longs(types));
    }

    /** Of every token in its sequence, counted from 0. */
    public Tensor positions() {
        return positions(0);
    }

    /** Of every token in its sequence, counted from {@code first}. */
    public Tensor positions(int first) {
        return shared("positions " + first, () -> places(sequence -> first));
    }

    /** Row of each token in the padded layout. */
    private Tensor slots() {
        return shared("slots", () -> places(sequence -> (long) sequence * longest));
    }

    /** For every token its place in the sequence plus an offset of the sequence, (tokens). */
    private Tensor places(IntToLongFunction offset) {
        long[] places = new long[tokens];
        int at = 0;
        for (int sequence = 0; sequence < lengths.length; sequence++) {
            for (int i = 0; i < lengths[sequence]; i++) {
                places[at++] = offset.applyAsLong(sequence) + i;
            }
        }
        return device.longs(places);
    }

    /** x (tokens, width) → (size, longest, width), zero where there is no token. */
    public Tensor pad(Tensor x) {
        return padded(x).view(size(), longest, x.size(1));
    }

    /** x (tokens, width) → (size, longest, parts, width/parts), zero where there is no token. */
    public Tensor pad(Tensor x, int parts) {
        return padded(x).view(size(), longest, parts, x.size(1) / parts);
    }

    /** (size·longest, width) */
    private Tensor padded(Tensor x) {
        return isPadded() ? x.new_zeros((long) size() * longest, x.size(1)).index_copy(0, slots(), x) : x;
    }

    /** x (size, longest, …) of {@code width} numbers a token → (tokens, width). */
    public Tensor unpad(Tensor x, long width) {
        Tensor rows = x.reshape((long) size() * longest, width);
        return isPadded() ? rows.index_select(0, slots()) : rows;
    }

    /** 0 for tokens and the most negative float for padding, (size, 1, longest, longest) as a view; null if nothing is padded. */
    public @Nullable Tensor paddingMask() {
        if (!isPadded()) {
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
