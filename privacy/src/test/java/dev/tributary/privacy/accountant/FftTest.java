package dev.tributary.privacy.accountant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FftTest {
    @Test
    void agreesWithTheDefinition() {
        int n = 64;
        double[] re = new Random(3).doubles(n).toArray();
        double[] im = new Random(4).doubles(n).toArray();
        double[] expectedRe = new double[n];
        double[] expectedIm = new double[n];
        for (int k = 0; k < n; k++) {
            for (int j = 0; j < n; j++) {
                double angle = -2 * Math.PI * j * k / n;
                expectedRe[k] += re[j] * Math.cos(angle) - im[j] * Math.sin(angle);
                expectedIm[k] += re[j] * Math.sin(angle) + im[j] * Math.cos(angle);
            }
        }
        new Fft(n).forward(re, im);
        assertThat(re).containsExactly(expectedRe, within(1e-12));
        assertThat(im).containsExactly(expectedIm, within(1e-12));
    }

    @Test
    void inverseUndoesForward() {
        int n = 1 << 16;
        double[] re = new Random(5).doubles(n).toArray();
        double[] im = new double[n];
        double[] copy = re.clone();
        Fft fft = new Fft(n);
        fft.forward(re, im);
        fft.inverse(re, im);
        assertThat(re).containsExactly(copy, within(1e-14));
    }
}
