package dev.tributary.privacy.noise;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** e^(−x) with {@value #BITS} binary places. */
final class FixedPointExp {
    static final int BITS = 320;

    private static final MathContext DIGITS = new MathContext(120);

    private FixedPointExp() {}

    /** ⌊e^(−x) · 2^BITS⌋, to a few units, for x ≥ 0. */
    static BigInteger expNegative(BigDecimal x) {
        int halvings = 0;
        BigDecimal reduced = x;
        while (reduced.compareTo(BigDecimal.ONE) > 0) {
            reduced = reduced.divide(BigDecimal.valueOf(2), DIGITS);
            halvings++;
        }
        BigDecimal term = BigDecimal.ONE;
        BigDecimal sum = BigDecimal.ONE;
        for (int k = 1; term.signum() != 0 && term.precision() - term.scale() > -118; k++) {
            term = term.multiply(reduced, DIGITS).negate().divide(BigDecimal.valueOf(k), DIGITS);
            sum = sum.add(term, DIGITS);
        }
        for (int i = 0; i < halvings; i++) {
            sum = sum.multiply(sum, DIGITS);
        }
        return sum.multiply(new BigDecimal(BigInteger.ONE.shiftLeft(BITS))).toBigInteger();
    }

    static BigInteger multiply(BigInteger a, BigInteger b) {
        return a.multiply(b).shiftRight(BITS);
    }
}
