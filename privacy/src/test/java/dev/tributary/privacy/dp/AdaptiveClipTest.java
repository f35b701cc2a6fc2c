package dev.tributary.privacy.dp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tributary.privacy.accountant.PrivacyEvent.Gaussian;
import dev.tributary.privacy.accountant.RdpAccountant;
import dev.tributary.privacy.accountant.Relation;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AdaptiveClipTest {
    private static final AdaptiveClip CLIP = AdaptiveClip.median(1e-3, 1e3, 200);

    @Test
    void clipSettlesAtTheMedian() {
        double[] norms = new Random(1).doubles(200, 2, 8).sorted().toArray();
        double clip = 0.01;
        for (int round = 0; round < 200; round++) {
            double at = clip;
            clip = CLIP.next(
                    clip,
                    DoubleStream.of(norms)
                            .map(norm -> AdaptiveClip.report(norm, at))
                            .sum());
        }
        assertThat(clip).isCloseTo((norms[99] + norms[100]) / 2, within(0.3));
    }

    /** b̃ = 1 and γ = ½: C falls by e^(−0.2·0.5). */
    @Test
    void oneStepIsThePapersFormula() {
        assertThat(CLIP.next(2, 100)).isCloseTo(2 * Math.exp(-0.1), withinPercentage(1e-10));
        assertThat(CLIP.next(2, -100)).isCloseTo(2 * Math.exp(0.1), withinPercentage(1e-10));
    }

    @Test
    void clipStaysWithinItsBounds() {
        assertThat(CLIP.next(1e3, -1e6)).isEqualTo(1e3);
        assertThat(CLIP.next(1e-3, 1e6)).isEqualTo(1e-3);
    }

    @Test
    void bitsAndVectorsTogetherCostOneRelease() {
        double z = 1.3;
        // A bit ±½ moves its sum by ½ when a unit goes: multiplier 2σ_b.
        double together = RdpAccountant.epsilon(
                List.of(
                        new Gaussian(CLIP.vectorMultiplier(z), 10, Relation.ADD_REMOVE),
                        new Gaussian(2 * CLIP.reportSigma(), 10, Relation.ADD_REMOVE)),
                1e-5);
        double one = RdpAccountant.epsilon(List.of(new Gaussian(z, 10, Relation.ADD_REMOVE)), 1e-5);
        assertThat(together).isCloseTo(one, withinPercentage(1e-9));
    }

    @Test
    void noiseThatTheBitsAloneExceedIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CLIP.vectorMultiplier(20))
                .withMessageContaining("fixed norm");
    }

    @Test
    void normThatIsNotFiniteCountsAsTooLong() {
        assertThat(AdaptiveClip.report(Double.NaN, 1)).isEqualTo(-0.5);
        assertThat(AdaptiveClip.report(1, 1)).isEqualTo(0.5);
    }
}
