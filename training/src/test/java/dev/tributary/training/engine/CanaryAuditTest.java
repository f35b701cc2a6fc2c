package dev.tributary.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.plan.Job;
import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.accountant.Relation;
import dev.tributary.privacy.audit.CanaryAudit;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.noise.SecretBits;
import dev.tributary.training.TrainingEngine.Trained;
import dev.tributary.training.TrainingException;
import dev.tributary.training.data.Dataset;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sound training stands the audit; one that adds less noise than was accounted for does not. */
class CanaryAuditTest {

    private static final int EXAMPLES = 60;
    private static final double RISK = 1e-3;
    private static final Job.Training SETTINGS = TinyModel.settings(3, 1e-3);

    @TempDir
    static Path temp;

    private static TinyBert bert;

    @BeforeAll
    static void open() {
        bert = TinyBert.open(temp);
    }

    @AfterAll
    static void close() {
        bert.close();
    }

    private static ExampleRelease claim(PrivacyTerms.Sampling sampling, Relation relation, int canaries) {
        PrivacyTerms terms = new PrivacyTerms(
                PrivacyTerms.Unit.EXAMPLE,
                PrivacyTerms.Trust.LOCAL,
                relation,
                sampling,
                new PrivacyTerms.FixedClip(0.5),
                PrivacyTerms.Weights.UNIFORM,
                new PrivacyBudget(0.5, 1e-3),
                OptionalDouble.empty(),
                false);
        return ExampleRelease.plan(terms.withCanaries(canaries), SETTINGS, 1, EXAMPLES);
    }

    /** Trains with {@code share} of the noise that {@code claim} is accounted for, and audits that claim. */
    private static CanaryAudit audit(ExampleRelease claim, double share) {
        ExampleRelease done =
                new ExampleRelease(claim.terms(), share * claim.multiplier(), claim.examples(), claim.steps());
        return CanaryAudit.of(
                train(done).canaries().orElseThrow(),
                claim.event(),
                claim.terms().budget().delta(),
                RISK);
    }

    private static Trained train(ExampleRelease release) {
        Dataset data = TinyModel.dataset(EXAMPLES, 7);
        try (SecretBits bits = SecretBits.fresh("audit")) {
            return bert.engine()
                    .trainPrivately(
                            TinyModel.work(bert.model(), TinyBert.LORA, bert.start()),
                            bert.start().layout().names(),
                            SETTINGS,
                            release,
                            bits,
                            data,
                            (done, total) -> {});
        }
    }

    @Test
    void theClaimStandsWithItsNoise() {
        assertThat(audit(claim(new PrivacyTerms.Full(), Relation.ADD_REMOVE, 1000), 1)
                        .alarm()
                        .raised())
                .isFalse();
        assertThat(audit(claim(new PrivacyTerms.Poisson(0.25), Relation.ADD_REMOVE, 1000), 1)
                        .alarm()
                        .raised())
                .isFalse();
        assertThat(audit(claim(new PrivacyTerms.FixedSize(20), Relation.REPLACE_ONE, 1000), 1)
                        .alarm()
                        .raised())
                .isFalse();
    }

    @Test
    void withoutTheNoiseTheAlarmIsRaised() {
        CanaryAudit full = audit(claim(new PrivacyTerms.Full(), Relation.ADD_REMOVE, 1000), 1e-4);
        CanaryAudit sampled = audit(claim(new PrivacyTerms.Poisson(0.25), Relation.ADD_REMOVE, 1000), 1e-4);

        assertThat(full.alarm().raised()).as(full.toString()).isTrue();
        assertThat(full.strongest()).isGreaterThan(full.alarm().claimed());
        assertThat(sampled.alarm().raised()).as(sampled.toString()).isTrue();
    }

    @Test
    void anEighthOfTheNoiseIsNotEnough() {
        CanaryAudit audit = audit(claim(new PrivacyTerms.Full(), Relation.ADD_REMOVE, 1000), 0.125);

        assertThat(audit.alarm().raised()).as(audit.toString()).isTrue();
    }

    @Test
    void tooManyCanariesAreRefused() {
        ExampleRelease release = claim(new PrivacyTerms.Full(), Relation.ADD_REMOVE, 100_000);

        assertThatThrownBy(() -> train(release))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("privacy.canaries is 100000");
    }

    @Test
    void withoutCanariesNothingIsTold() {
        assertThat(train(claim(new PrivacyTerms.Full(), Relation.ADD_REMOVE, 0)).canaries())
                .isEmpty();
    }
}
