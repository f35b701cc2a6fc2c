package dev.tributary.privacy.noise;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The discrete Gaussian on the integers, P(k) ∝ e^(−k²/(2σ²)) (Canonne, Kamath, Steinke, arXiv:2004.00010), from
 * integer arithmetic alone. Up to σ = 4096 by a 126-bit table; above by convolution, Y = X₁ + 256·X₂ with
 * X₁ ~ D(1024), X₂ ~ D(σ₂), σ² = 1024² + 256²σ₂² (Micciancio, Walter, CRYPTO 2017), repeated while σ₂ is still large.
 *
 * <p>Why the convolution is safe: completing the square, P(Y = y) ∝ e^(−y²/(2σ²)) · Σ_x e^(−(x − cy)²/(2τ²)) with
 * τ = 1024·σ₂/σ. By Poisson summation the sum is within a factor 1 ± η of τ√(2π) for every y, η ≤ 2.1·e^(−2π²τ²).
 * As σ₂ ≥ 15, τ ≥ 3.8, so probabilities are right to a <em>factor</em> of 1 ± 2⁻⁴⁰⁰, tails included.
 *
 * <p>Immutable; a draw costs one 64-bit word per level.
 */
public final class DiscreteGaussian {
    /** Largest σ taken: noise then fits a long with room for the data. */
    public static final double MAX_SIGMA = 0x1p48;

    private static final double INNER_SIGMA = 1024;
    private static final long INNER_SCALE = 256;
    private static final int CHUNK = 8192;
    private static final int CACHED_TABLES = 8;

    private static final Map<Double, GaussianTable> TABLES = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Double, GaussianTable> eldest) {
            return size() > CACHED_TABLES;
        }
    };

    private final double sigma;
    /** Outermost (largest scale) first. */
    private final List<GaussianTable> levels;

    private DiscreteGaussian(double sigma, List<GaussianTable> levels) {
        this.sigma = sigma;
        this.levels = levels;
    }

    /**
     * The distribution whose parameter σ is {@code atLeast}, or larger by rounding, never smaller.
     *
     * @param atLeast in (0, 2⁴⁸]
     */
    public static DiscreteGaussian atLeast(double atLeast) {
        if (!(atLeast > 0 && atLeast <= MAX_SIGMA)) {
            throw new IllegalArgumentException("sigma must be in (0, 2^48], was " + atLeast);
        }
        int inner = 0;
        double outer = atLeast;
        while (outer > GaussianTable.MAX_SIGMA) {
            double exact = Math.sqrt((outer - INNER_SIGMA) * (outer + INNER_SIGMA)) / INNER_SCALE;
            outer = exact * (1 + 0x1p-50);
            inner++;
        }
        List<GaussianTable> levels = new ArrayList<>();
        levels.add(table(outer));
        double sigma = outer;
        for (int i = 0; i < inner; i++) {
            levels.add(table(INNER_SIGMA));
            sigma = Math.hypot(INNER_SIGMA, INNER_SCALE * sigma);
        }
        return new DiscreteGaussian(Math.max(sigma, atLeast), List.copyOf(levels));
    }

    public double sigma() {
        return sigma;
    }

    /** Adds one independent draw to each value. */
    public void addTo(long[] values, BitSource bits) {
        long[] noise = new long[Math.min(values.length, CHUNK)];
        long[] words = new long[noise.length];
        for (int at = 0; at < values.length; at += CHUNK) {
            int count = Math.min(CHUNK, values.length - at);
            draw(noise, 0, count, words, bits);
            for (int i = 0; i < count; i++) {
                values[at + i] = Math.addExact(values[at + i], noise[i]);
            }
        }
    }

    /** Overwrites {@code out} with independent draws. */
    public void fill(long[] out, BitSource bits) {
        long[] words = new long[Math.min(out.length, CHUNK)];
        for (int at = 0; at < out.length; at += CHUNK) {
            draw(out, at, Math.min(CHUNK, out.length - at), words, bits);
        }
    }

    private void draw(long[] out, int at, int count, long[] words, BitSource bits) {
        long scale = 0;
        for (GaussianTable level : levels) {
            bits.fill(words, 0, count);
            level.accumulate(out, at, count, scale, words, bits);
            scale = INNER_SCALE;
        }
    }

    private static GaussianTable table(double sigma) {
        synchronized (TABLES) {
            return TABLES.computeIfAbsent(sigma, GaussianTable::new);
        }
    }
}
