package dev.tributary.privacy.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.privacy.accountant.AnalyticGaussian;
import dev.tributary.privacy.audit.OneRunAudit.Ends;
import dev.tributary.privacy.audit.OneRunAudit.Guesses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OneRunAuditTest {
    private static final double DELTA = 1e-5;
    private static final double RISK = 0.05;

    static List<String> golden() throws IOException {
        try (var in = OneRunAuditTest.class.getResourceAsStream("/golden/privacy/one-run-audit.csv")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void boundsMatchTheReference(String line) {
        double[] row =
                Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray();
        Guesses seen = new Guesses((long) row[0], (long) row[1], (long) row[2]);
        assertThat(OneRunAudit.pValue(seen, 1, row[3])).isCloseTo(row[4], within(1e-8));
        assertThat(OneRunAudit.epsilonLowerBound(seen, row[3], RISK)).isCloseTo(row[5], within(1e-6));
    }

    @Test
    void moreRightGuessesGiveALargerBound() {
        double last = -1;
        for (int correct = 60; correct <= 100; correct += 5) {
            double bound = OneRunAudit.epsilonLowerBound(new Guesses(1000, 100, correct), DELTA, RISK);
            assertThat(bound).isGreaterThanOrEqualTo(last);
            last = bound;
        }
        assertThat(last).isGreaterThan(3);
    }

    /** Each canary's score is its coin plus noise: exactly the Gaussian mechanism, whose ε is known. */
    @Test
    @Tag("statistical")
    void gaussianMechanismIsNeverAccusedAndItsNoiseRemovedIs() {
        double sigma = 1.5;
        double claimed = AnalyticGaussian.epsilon(sigma, DELTA);
        int accused = 0;
        double found = 0;
        for (int run = 0; run < 20; run++) {
            double bound = audit(sigma, run);
            found += bound / 20;
            accused += new Alarm(claimed, bound, RISK).raised() ? 1 : 0;
        }
        assertThat(accused).isZero();
        assertThat(found).as("the audit has power").isGreaterThan(0.3);

        Alarm withoutNoise = new Alarm(claimed, audit(1e-9, 1), RISK);
        assertThat(withoutNoise.raised()).isTrue();
        assertThat(withoutNoise.message()).contains("Do not release");
        assertThat(new Alarm(claimed, audit(sigma / 8, 1), RISK).raised()).isTrue();
    }

    @Test
    void coinsAloneGiveNoBound() {
        assertThat(audit(1e9, 3)).isLessThan(0.2);
    }

    @Test
    void guessesAreTheEndsOfTheOrder() {
        double[] scores = {5, 1, 4, 2, 3, 0};
        boolean[] included = {true, false, false, true, false, false};
        assertThat(OneRunAudit.guess(scores, included, Ends.both(4))).isEqualTo(new Guesses(6, 4, 3));
        assertThat(OneRunAudit.guess(scores, included, Ends.both(0))).isEqualTo(new Guesses(6, 0, 0));
        assertThat(OneRunAudit.guess(scores, included, new Ends(1, 3))).isEqualTo(new Guesses(6, 4, 3));
    }

    @Test
    void guessesThatDoNotFitAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Guesses(10, 11, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> new Guesses(10, 5, 6));
        assertThatIllegalArgumentException().isThrownBy(() -> Ends.both(3)).withMessageContaining("even");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OneRunAudit.guess(new double[4], new boolean[4], new Ends(3, 2)))
                .withMessageContaining("<= 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OneRunAudit.guess(new double[] {1, Double.NaN}, new boolean[2], Ends.both(2)))
                .withMessageContaining("finite");
    }

    @Test
    void aDeltaTooLargeForTheCanariesTakesAllPowerAway() {
        Guesses allRight = new Guesses(120, 60, 60);
        assertThat(OneRunAudit.epsilonLowerBound(allRight, 1e-3, 0.005)).isZero();
        assertThat(OneRunAudit.epsilonLowerBound(allRight, 1e-6, 0.005)).isGreaterThan(2.3);
    }

    private static double audit(double sigma, long seed) {
        Random random = new Random(seed);
        int canaries = 1000;
        double[] scores = new double[canaries];
        boolean[] included = new boolean[canaries];
        for (int i = 0; i < canaries; i++) {
            included[i] = random.nextBoolean();
            scores[i] = (included[i] ? 1 : 0) + sigma * random.nextGaussian();
        }
        List<Ends> ends = IntStream.of(50, 100, 200, 400).mapToObj(Ends::both).toList();
        return OneRunAudit.best(scores, included, ends, DELTA, RISK).epsilon();
    }
}
