package dev.tributary.training.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
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

    @Override
    public MarkedTokens encode(String text, List<TextSpan> learned, int maxLength) {
        String checked = wellFormed(text);
        Encoding encoding = alive(() -> tokenizer.encode(checked, true, false));
        int[] places = kept(encoding.getSpecialTokenMask(), maxLength);
        int[] ids = new int[places.length];
        boolean[] marks = new boolean[places.length];
        for (int i = 0; i < places.length; i++) {
            ids[i] = Math.toIntExact(encoding.getIds()[places[i]]);
            CharSpan span = encoding.getCharTokenSpans()[places[i]];
            if (span != null && encoding.getSpecialTokenMask()[places[i]] == 0) {
                int begin = checked.offsetByCodePoints(0, span.getStart()); // the library counts code points
                marks[i] = learned.stream().anyMatch(s -> s.holds(begin));
            }
        }
        return new MarkedTokens(ids, marks);
    }

    /** Drops the last content tokens; {@code special} is 1 where the template, not the text, put a token. */
    static int[] truncate(long[] tokens, long[] special, int maxLength) {
        return Arrays.stream(kept(special, maxLength))
                .map(place -> Math.toIntExact(tokens[place]))
                .toArray();
    }

    /** Places of the tokens that stay. */
    private static int[] kept(long[] special, int maxLength) {
        int specials = (int) Arrays.stream(special).sum();
        if (maxLength <= specials) {
            throw new IllegalArgumentException("max length must be > " + specials
                    + ", the number of special tokens of this tokenizer, was " + maxLength);
        }
        int content = Math.min(special.length, maxLength) - specials;
        int[] places = new int[content + specials];
        int at = 0;
        for (int i = 0; i < special.length; i++) {
            if (special[i] == 1 || content-- > 0) {
                places[at++] = i;
            }
        }
        return places;
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
