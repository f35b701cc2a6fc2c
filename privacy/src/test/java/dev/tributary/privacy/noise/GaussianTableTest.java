package dev.tributary.privacy.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GaussianTableTest {
    private static final long MAX = Long.MAX_VALUE;

    /** By mpmath with 80 digits: floor(2^126 · (1/2 + Σ_{1..k} w) / (1/2 + Σ_{1..} w)), w(j) = exp(−j²/(2σ²)). */
    @ParameterizedTest
    @CsvSource({
        "3, 0, 11312751953319686013549250597982121829",
        "3, 1, 32715561612592213567262340293448185511",
        "3, 5, 79499052770061163092937370612767905908",
        "3, 20, 85070591729664821554319466655637936230",
        "4.25, 0, 7985471967049190127211235716222674232",
        "4.25, 9, 82938650767533548802710254553243299607",
        "1000, 0, 33938255859959058040647751793946365",
        "1000, 1000, 58097380226065919386038173820562956137",
        "1000, 4000, 85065214525093953977515465567286795898",
    })
    void tableIsExactTo126Bits(double sigma, int k, BigInteger expected) {
        BigInteger difference =
                new GaussianTable(sigma).cumulative(k).subtract(expected).abs();
        // What is cut beyond 13.5 sigma is below 2^-130.
        assertThat(difference).isLessThanOrEqualTo(BigInteger.ONE);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0.367879441171442321595523770161460867445811131031767834507836801697461495744899803357147274345919644",
        "6.5, 0.0015034391929775724473829033321676538300005129583029650965560499119654497019467244192296102188",
    })
    void exponentialHasTheDigitsItNeeds(BigDecimal x, BigDecimal expected) {
        BigDecimal value = new BigDecimal(FixedPointExp.expNegative(x))
                .divide(new BigDecimal(BigInteger.ONE.shiftLeft(FixedPointExp.BITS)));
        assertThat(value.subtract(expected).abs()).isLessThan(new BigDecimal("1e-92"));
    }

    @Test
    void tieOfTheFirst63BitsIsBrokenByTheNext63() {
        GaussianTable table = new GaussianTable(3);
        for (int k = 0; k < 10; k++) {
            long high = table.cumulative(k).shiftRight(63).longValueExact();
            long low = table.cumulative(k).and(BigInteger.valueOf(MAX)).longValueExact();
            assertThat(draw(table, high - 1, 0, 0)).isEqualTo(k);
            assertThat(draw(table, high, 0, low - 1)).isEqualTo(k);
            assertThat(draw(table, high, 0, low)).isEqualTo(k + 1);
            assertThat(draw(table, high, 1, low)).isEqualTo(-(k + 1));
            assertThat(draw(table, high + 1, 0, 0)).isEqualTo(k + 1);
        }
    }

    @Test
    void extremeWordsStayInsideTheTable() {
        GaussianTable table = new GaussianTable(2);
        long largest = draw(table, MAX, 0, MAX);
        assertThat(largest).isBetween(20L, 30L);
        assertThat(draw(table, MAX, 1, MAX)).isEqualTo(-largest);
        assertThat(draw(table, 0, 0, 0)).isZero();
        assertThat(draw(table, 0, 1, 0)).isZero();
    }

    private static long draw(GaussianTable table, long first63, long sign, long next63) {
        long[] out = new long[1];
        table.accumulate(
                out, 0, 1, 0, new long[] {first63 << 1 | sign}, (words, from, to) -> words[from] = next63 << 1);
        return out[0];
    }
}
