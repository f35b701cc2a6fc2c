package dev.tributary.privacy.noise;

/**
 * The discrete Gaussian by rejection from the discrete Laplace: algorithms 1 to 3 of Canonne, Kamath, Steinke,
 * arXiv:2004.00010, in integers only. Slow, and shares nothing with the table sampler: its oracle.
 */
final class RejectionSampler {
    private final BitSource bits;
    private final long variance;
    private final long scale;

    RejectionSampler(int sigma, BitSource bits) {
        this.bits = bits;
        variance = (long) sigma * sigma;
        scale = sigma + 1;
    }

    long draw() {
        while (true) {
            long laplace = laplace();
            // exp(−(|y| − σ²/t)² / (2σ²)) = exp(−(|y|t − σ²)² / (2σ²t²))
            long gap = Math.abs(laplace) * scale - variance;
            if (bernoulliExp(gap * gap, 2 * variance * scale * scale)) {
                return laplace;
            }
        }
    }

    /** P(k) ∝ e^(−|k|/t). */
    private long laplace() {
        while (true) {
            long u = uniform(scale);
            if (!bernoulliExp(u, scale)) {
                continue;
            }
            long v = 0;
            while (bernoulliExp(1, 1)) {
                v++;
            }
            long magnitude = u + scale * v;
            boolean negative = uniform(2) == 1;
            if (!(negative && magnitude == 0)) {
                return negative ? -magnitude : magnitude;
            }
        }
    }

    /** True with probability e^(−a/b). */
    private boolean bernoulliExp(long a, long b) {
        for (long left = a; left > b; left -= b) {
            if (!bernoulliExpBelowOne(b, b)) {
                return false;
            }
        }
        return bernoulliExpBelowOne(a > b ? (a % b == 0 ? b : a % b) : a, b);
    }

    private boolean bernoulliExpBelowOne(long a, long b) {
        long k = 1;
        while (uniform(Math.multiplyExact(b, k)) < a) {
            k++;
        }
        return k % 2 == 1;
    }

    private long uniform(long bound) {
        while (true) {
            long value = bits.next() >>> 1;
            long remainder = value % bound;
            if (value - remainder + (bound - 1) >= 0) {
                return remainder;
            }
        }
    }
}
