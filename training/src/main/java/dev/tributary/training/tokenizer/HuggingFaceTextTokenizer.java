package dev.tributary.training.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** The native tokenizer behind a lock that keeps it alive while calls run. */
final class HuggingFaceTextTokenizer implements TextTokenizer {

    private final HuggingFaceTokenizer tokenizer;
    private final SpecialIds ids;
    private final ReadWriteLock life = new ReentrantReadWriteLock();
    private boolean closed;

    HuggingFaceTextTokenizer(HuggingFaceTokenizer tokenizer, SpecialIds ids) {
        this.tokenizer = tokenizer;
        this.ids = ids;
    }

    @Override
    public int[] encode(String text, int maxLength) {
        Encoding encoding = alive(() -> tokenizer.encode(wellFormed(text), true, false));
        return truncate(encoding.getIds(), encoding.getSpecialTokenMask(), maxLength);
    }

    /** Drops the last content tokens; {@code special} is 1 where the template, not the text, put a token. */
    static int[] truncate(long[] tokens, long[] special, int maxLength) {
        int specials = (int) Arrays.stream(special).sum();
        if (maxLength <= specials) {
            throw new IllegalArgumentException("max length must be > " + specials
                    + ", the number of special tokens of this tokenizer, was " + maxLength);
        }
        int content = Math.min(tokens.length, maxLength) - specials;
        int[] kept = new int[content + specials];
        int at = 0;
        for (int i = 0; i < tokens.length; i++) {
            if (special[i] == 1 || content-- > 0) {
                kept[at++] = Math.toIntExact(tokens[i]);
            }
        }
        return kept;
    }

    @Override
    public int[] encodePlain(String text) {
        Encoding encoding = alive(() -> tokenizer.encode(wellFormed(text), false, false));
        return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public String decode(int[] tokens) {
        long[] wide = Arrays.stream(tokens).asLongStream().toArray();
        return alive(() -> tokenizer.decode(wide, true));
    }

    @Override
    public int padId() {
        return ids.pad().orElse(0);
    }

    @Override
    public OptionalInt bosId() {
        return ids.bos();
    }

    @Override
    public OptionalInt eosId() {
        return ids.eos();
    }

    /** Unpaired surrogates, which the native side cannot take, become question marks. */
    private static String wellFormed(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text)
                ? text
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private <T> T alive(Supplier<T> call) {
        life.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the tokenizer is closed");
            }
            return call.get();
        } finally {
            life.readLock().unlock();
        }
    }

    @Override
    public void close() {
        life.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                tokenizer.close();
            }
        } finally {
            life.writeLock().unlock();
        }
    }
}
