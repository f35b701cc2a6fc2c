package dev.tributary.privacy.noise;

/** A stream of independent, uniform 64-bit words. Not thread-safe; every thread takes its own. */
public interface BitSource {

    /** Overwrites {@code words[from, to)} with the next words of the stream. */
    void fill(long[] words, int from, int to);

    default long next() {
        long[] word = new long[1];
        fill(word, 0, 1);
        return word[0];
    }
}
