package dev.tributary.training.optim;

/**
 * Reproducible random numbers that can be split: SplitMix64 (Steele, Lea and Flood 2014). The stream of a (seed, path)
 * pair never depends on what other streams have drawn, so that batch order, dropout and initial values stay what they
 * are when one of them changes.
 */
public final class SeededRandom {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    private SeededRandom(long state) {
        this.state = state;
    }

    public static SeededRandom of(long seed) {
        return new SeededRandom(mix(seed + GAMMA));
    }

    /** An independent stream, the same for the same seed and key. */
    public SeededRandom split(long key) {
        return new SeededRandom(mix(state ^ mix(key + GAMMA)));
    }

    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** Uniform in [0, bound), without bias. */
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound must be ≥ 1, was " + bound);
        }
        long limit = Long.MAX_VALUE - Long.MAX_VALUE % bound;
        long drawn;
        do {
            drawn = nextLong() >>> 1;
        } while (drawn >= limit);
        return (int) (drawn % bound);
    }

    /** The numbers 0 … n − 1 in random order (Fisher and Yates). */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long mix(long z) {
        long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
