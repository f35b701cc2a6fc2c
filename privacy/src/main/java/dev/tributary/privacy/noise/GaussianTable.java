package dev.tributary.privacy.noise;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * Samples the discrete Gaussian P(k) ∝ e^(−k²/(2σ²)) by inversion of a table of its half distribution, exact to 126
 * bits: 63 bits decide unless they equal a table entry's, then 63 more do. One word a draw: a sign bit and 63 bits. Zero
 * has half its weight in the table, as it is met with either sign. Cut at 13.5 σ, beyond which lies less than 2⁻¹³⁰.
 * Look-ups are not constant in time. Immutable.
 */
final class GaussianTable {
    static final double MAX_SIGMA = 4096;

    private static final int GUIDE_BITS = 17;
    private static final int HALF_BITS = 63;
    private static final double CUT = 13.5;

    private final long[] high;
    private final long[] low;
    private final char[] guide = new char[1 << GUIDE_BITS];

    GaussianTable(double sigma) {
        if (!(sigma > 0 && sigma <= MAX_SIGMA)) {
            throw new IllegalArgumentException("sigma must be in (0, " + MAX_SIGMA + "], was " + sigma);
        }
        BigInteger[] cumulative = cumulativeWeights(sigma);
        int size = cumulative.length;
        high = new long[size];
        low = new long[size];
        BigInteger total = cumulative[size - 1];
        BigInteger mask = BigInteger.ONE.shiftLeft(HALF_BITS).subtract(BigInteger.ONE);
        for (int k = 0; k < size - 1; k++) {
            BigInteger scaled = cumulative[k].shiftLeft(2 * HALF_BITS).divide(total);
            high[k] = scaled.shiftRight(HALF_BITS).longValueExact();
            low[k] = scaled.and(mask).longValueExact();
        }
        high[size - 1] = Long.MAX_VALUE;
        low[size - 1] = Long.MAX_VALUE;
        int k = 0;
        for (int cell = 0; cell < guide.length; cell++) {
            while (high[k] < (long) cell << (HALF_BITS - GUIDE_BITS)) {
                k++;
            }
            guide[cell] = (char) k;
        }
    }

    /** Cumulative weights of 0 (halved), 1, 2, ... in fixed point. */
    private static BigInteger[] cumulativeWeights(double sigma) {
        MathContext digits = new MathContext(120);
        BigDecimal variance = new BigDecimal(sigma).pow(2);
        BigInteger ratio = FixedPointExp.expNegative(
                BigDecimal.ONE.divide(variance.multiply(BigDecimal.valueOf(2)), digits)); // w(k+1)/w(k)
        BigInteger ratioStep = FixedPointExp.expNegative(BigDecimal.ONE.divide(variance, digits));
        BigInteger weight = BigInteger.ONE.shiftLeft(FixedPointExp.BITS);
        BigInteger[] cumulative = new BigInteger[(int) Math.ceil(CUT * sigma) + 2];
        cumulative[0] = weight.shiftRight(1);
        for (int k = 1; k < cumulative.length; k++) {
            weight = FixedPointExp.multiply(weight, ratio);
            ratio = FixedPointExp.multiply(ratio, ratioStep);
            cumulative[k] = cumulative[k - 1].add(weight);
        }
        return cumulative;
    }

    /** values[at + i] = values[at + i] · scale + draw, one draw per word. */
    void accumulate(long[] values, int at, int count, long scale, long[] words, BitSource bits) {
        long[] bounds = high;
        char[] start = guide;
        for (int i = 0; i < count; i++) {
            long word = words[i];
            long u = word >>> 1;
            int k = start[(int) (u >>> (HALF_BITS - GUIDE_BITS))];
            long bound = bounds[k];
            while (u > bound) {
                bound = bounds[++k];
            }
            if (u == bound) {
                k = breakTie(u, k, bits);
            }
            long sign = -(word & 1);
            values[at + i] = values[at + i] * scale + ((k ^ sign) - sign);
        }
    }

    private int breakTie(long u, int from, BitSource bits) {
        int k = from;
        long rest = bits.next() >>> 1;
        while (k < high.length - 1 && u == high[k] && rest >= low[k]) {
            k++;
        }
        return k;
    }

    /** ⌊2¹²⁶ · P(|X| ≤ k)⌋, where zero counts half. */
    BigInteger cumulative(int k) {
        return BigInteger.valueOf(high[k]).shiftLeft(HALF_BITS).add(BigInteger.valueOf(low[k]));
    }
}
