package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.job.Jobs;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeasesTest {

    private static final Instant START = Jobs.START;
    private static final AgentId SITE = Jobs.SITES.get(0);
    private static final RoundRules RULES =
            new RoundRules(Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofMinutes(1), 3, 1e6, 3);

    private final Leases leases = new Leases(RULES, START);

    private static Instant after(long seconds) {
        return START.plusSeconds(seconds);
    }

    private static List<Progress> progress(Progress.Phase phase, long done) {
        return List.of(new Progress("plan", Jobs.ID, 1, SITE, phase, done, 100));
    }

    @Test
    void silenceLosesTheLease() {
        leases.heard(SITE, after(5));

        assertThat(leases.isLive(SITE, after(24))).isTrue();
        assertThat(leases.loss(SITE, "plan", START, after(24))).isEmpty();
        assertThat(leases.isLive(SITE, after(25))).isFalse();
        assertThat(leases.loss(SITE, "plan", START, after(25)))
                .hasValueSatisfying(w -> assertThat(w).contains("20 s"));
    }

    @Test
    void leasesStartAfreshWithTheProcess() {
        assertThat(leases.loss(SITE, "plan", START.minusSeconds(3600), after(19)))
                .isEmpty();
        assertThat(leases.mayStillCome(SITE, after(19))).isTrue();
        assertThat(leases.isLive(SITE, after(19))).as("not heard of yet").isFalse();
        assertThat(leases.loss(SITE, "plan", START.minusSeconds(3600), after(20)))
                .isPresent();
        assertThat(leases.mayStillCome(SITE, after(20))).isFalse();
    }

    @Test
    void aSlowAgentThatMovesKeepsItsPlanHoweverLong() {
        for (int i = 0; i < 100; i++) {
            leases.heard(SITE, progress(Progress.Phase.TRAINING, i), after(10L * i));
        }

        assertThat(leases.loss(SITE, "plan", START, after(1000))).isEmpty();
    }

    @Test
    void anAgentThatAnswersButDoesNotMoveLosesItsPlan() {
        for (int i = 0; i <= 7; i++) {
            leases.heard(SITE, progress(Progress.Phase.TRAINING, 42), after(10L * i));
        }

        assertThat(leases.loss(SITE, "plan", START, after(59))).isEmpty();
        assertThat(leases.loss(SITE, "plan", START, after(70)))
                .hasValueSatisfying(w -> assertThat(w).contains("no progress"));
        assertThat(leases.isLive(SITE, after(70))).isTrue();
    }

    @Test
    void aPlanThatWaitsItsTurnDoesNotCountAsStalled() {
        for (int i = 0; i <= 10; i++) {
            leases.heard(SITE, progress(Progress.Phase.WAITING, 0), after(10L * i));
        }

        assertThat(leases.loss(SITE, "plan", START, after(110))).isEmpty();
    }
}
