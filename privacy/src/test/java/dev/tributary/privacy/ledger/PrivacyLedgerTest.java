package dev.tributary.privacy.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.PrivacyEvent.FixedSizeGaussian;
import dev.tributary.privacy.accountant.PrivacyEvent.Gaussian;
import dev.tributary.privacy.accountant.PrivacyEvent.SubsampledGaussian;
import dev.tributary.privacy.accountant.RdpAccountant;
import dev.tributary.privacy.accountant.Relation;
import dev.tributary.privacy.dp.PrivacyTerms;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivacyLedgerTest {
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    static final LedgerScope SCOPE = new LedgerScope("reviews", PrivacyTerms.Unit.EXAMPLE, Relation.ADD_REMOVE);
    static final PrivacyBudget BUDGET = new PrivacyBudget(3, 1e-5);
    static final PrivacyBudget PLENTY = new PrivacyBudget(1000, 1e-5);

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void choosePath() {
        path = folder.resolve("ledger/reviews.log");
    }

    @Test
    void jobStopsAtTheLastRoundThatFits() {
        int granted = 0;
        Decision decision;
        try (PrivacyLedger ledger = open()) {
            while ((decision = ledger.reserve(charge("a", granted + 1), BUDGET)) instanceof Decision.Granted grant) {
                ledger.commit(grant.reservation());
                granted++;
            }
            assertThat(ledger.epsilon(1e-5)).isLessThanOrEqualTo(3).isEqualTo(epsilon(granted));
            assertThat(epsilon(granted + 1)).isGreaterThan(3);
        }
        assertThat(granted).isGreaterThanOrEqualTo(3);
        assertThat(decision).isInstanceOfSatisfying(Decision.Exhausted.class, exhausted -> {
            assertThat(exhausted.whose()).isEqualTo("dataset");
            assertThat(exhausted.epsilonAfter()).isGreaterThan(3);
            assertThat(exhausted.reason()).contains("budget is exhausted").contains("of 3.0");
        });
        try (PrivacyLedger again = open()) {
            assertThat(again.epsilon(1e-5)).isEqualTo(epsilon(granted));
            assertThat(again.reserve(charge("other", 1), BUDGET)).isInstanceOf(Decision.Exhausted.class);
        }
    }

    @Test
    void jobsOnTheSameDataAddUpAndEachHasItsOwnBudget() {
        try (PrivacyLedger ledger = open()) {
            PrivacyBudget small = new PrivacyBudget(epsilon(2) + 1e-9, 1e-5);
            grant(ledger, charge("a", 1));
            grant(ledger, charge("b", 1));
            assertThat(ledger.reserve(charge("a", 2), PLENTY, small)).isInstanceOf(Decision.Granted.class);
            assertThat(ledger.reserve(charge("a", 3), PLENTY, small))
                    .isInstanceOfSatisfying(
                            Decision.Exhausted.class, e -> assertThat(e.whose()).isEqualTo("job"));
            assertThat(ledger.epsilon("a", 1e-5)).isEqualTo(epsilon(2));
            assertThat(ledger.epsilon(1e-5)).isEqualTo(epsilon(3));
            assertThat(ledger.events()).containsExactly(new SubsampledGaussian(1.1, 0.05, 60));
            assertThat(ledger.events("b")).containsExactly(new SubsampledGaussian(1.1, 0.05, 20));
        }
    }

    @Test
    void refusedChargeLeavesNoTrace() {
        try (PrivacyLedger ledger = open()) {
            LedgerHead before = ledger.head();
            assertThat(ledger.reserve(charge("a", 1), new PrivacyBudget(1e-3, 1e-5)))
                    .isInstanceOf(Decision.Exhausted.class);
            assertThat(ledger.head()).isEqualTo(before);
            assertThat(ledger.epsilon(1e-5)).isZero();
        }
    }

    @Test
    void releasedReservationIsNotCounted() {
        try (PrivacyLedger ledger = open()) {
            long id = grant(ledger, charge("a", 1));
            ledger.release(id);
            assertThat(ledger.epsilon(1e-5)).isZero();
            assertThatIllegalStateException()
                    .isThrownBy(() -> ledger.commit(id))
                    .withMessageContaining("released");
        }
        try (PrivacyLedger again = open()) {
            assertThat(again.epsilon(1e-5)).isZero();
        }
    }

    @Test
    void thereIsNoRefundAfterACommit() {
        try (PrivacyLedger ledger = open()) {
            long id = grant(ledger, charge("a", 1));
            ledger.commit(id);
            assertThatIllegalStateException()
                    .isThrownBy(() -> ledger.release(id))
                    .withMessageContaining("COMMITTED");
            assertThat(ledger.epsilon(1e-5)).isEqualTo(epsilon(1));
        }
    }

    @Test
    void reservationOpenAtARestartStaysSpentAndMayBeCommitted() {
        long id;
        try (PrivacyLedger ledger = open()) {
            id = grant(ledger, charge("a", 1));
        }
        try (PrivacyLedger again = open()) {
            assertThat(again.reservations())
                    .singleElement()
                    .extracting(Reservation::state)
                    .isEqualTo(Reservation.State.ABANDONED);
            assertThat(again.epsilon(1e-5)).isEqualTo(epsilon(1));
            assertThatIllegalStateException().isThrownBy(() -> again.release(id));
            again.commit(id);
            LedgerHead head = again.head();
            again.commit(id);
            assertThat(again.head()).isEqualTo(head);
        }
        try (PrivacyLedger third = open()) {
            assertThat(third.reservations())
                    .singleElement()
                    .extracting(Reservation::state)
                    .isEqualTo(Reservation.State.COMMITTED);
        }
    }

    @Test
    void concurrentJobsCannotBothPassTheBudget() throws Exception {
        PrivacyBudget budget = new PrivacyBudget(epsilon(5) + 1e-9, 1e-5);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (PrivacyLedger ledger = open()) {
            List<Future<Decision>> all = threads.invokeAll(IntStream.range(0, 20)
                    .<java.util.concurrent.Callable<Decision>>mapToObj(
                            i -> () -> ledger.reserve(charge("job" + i, 1), budget))
                    .toList());
            int granted = 0;
            for (Future<Decision> one : all) {
                granted += one.get() instanceof Decision.Granted ? 1 : 0;
            }
            assertThat(granted).isEqualTo(5);
            assertThat(ledger.epsilon(1e-5)).isLessThanOrEqualTo(budget.epsilon());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void fileIsHeldByOneLedgerOnly() {
        try (PrivacyLedger first = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining(path.toString());
            grant(first, charge("a", 1));
        }
        open().close();
    }

    @Test
    void otherScopeIsRefused() {
        open().close();
        LedgerScope other = new LedgerScope("reviews", PrivacyTerms.Unit.EXAMPLE, Relation.REPLACE_ONE);
        assertThatThrownBy(() -> PrivacyLedger.open(path, other, CLOCK))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("REPLACE_ONE");
    }

    @Test
    void eventOfAnotherRelationIsRefused() {
        try (PrivacyLedger ledger = open()) {
            Charge charge = new Charge("a", 1, "train", List.of(new FixedSizeGaussian(1, 1, 10, 1)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ledger.reserve(charge, PLENTY))
                    .withMessageContaining("ADD_REMOVE");
        }
    }

    @Test
    void headTellsWhetherALedgerWasCutBack() {
        LedgerHead early;
        LedgerHead late;
        try (PrivacyLedger ledger = open()) {
            early = ledger.head();
            grant(ledger, charge("a", 1));
            late = ledger.head();
            assertThat(ledger.continues(early)).isTrue();
            assertThat(ledger.continues(late)).isTrue();
        }
        path = folder.resolve("other.log");
        try (PrivacyLedger other = open()) {
            assertThat(other.continues(late)).isFalse();
        }
    }

    @Test
    void everyKindOfEventIsReadBackToTheSameBits() {
        List<PrivacyEvent> events = List.of(
                new Gaussian(Math.PI, 7, Relation.REPLACE_ONE),
                new SubsampledGaussian(Math.nextUp(1.0), 150.0 / 60000, 6000),
                new FixedSizeGaussian(1e-300, 3, 1L << 40, 1));
        assertThat(EventCodec.read(EventCodec.write(events))).isEqualTo(events);
    }

    @Test
    void namesThatWouldBreakALineAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Charge("a\tb", 1, "train", List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Charge("a", 1, "x y", List.of()));
    }

    private PrivacyLedger open() {
        return PrivacyLedger.open(path, SCOPE, CLOCK);
    }

    static long grant(PrivacyLedger ledger, Charge charge) {
        return ((Decision.Granted) ledger.reserve(charge, PLENTY)).reservation();
    }

    static Charge charge(String job, int round) {
        return new Charge(job, round, "train", List.of(new SubsampledGaussian(1.1, 0.05, 20)));
    }

    static double epsilon(int rounds) {
        return RdpAccountant.curve(new SubsampledGaussian(1.1, 0.05, 1))
                .times(20L * rounds)
                .epsilon(1e-5)
                .value();
    }
}
