package dev.tributary.coordinator.round;

import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Sums;
import dev.tributary.coordinator.job.Attempt;
import dev.tributary.coordinator.job.Diagnostics;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Publication;
import dev.tributary.plan.Job;
import dev.tributary.plan.Update;
import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.dp.AdaptiveClip;
import dev.tributary.privacy.dp.ClientRelease;
import dev.tributary.privacy.dp.NoisySum;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.dp.PrivacyTermsReader;
import dev.tributary.privacy.ledger.Charge;
import dev.tributary.privacy.ledger.Decision;
import dev.tributary.privacy.ledger.LedgerFiles;
import dev.tributary.privacy.ledger.PrivacyLedger;
import dev.tributary.privacy.noise.SecretBits;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Client-level differential privacy with a trusted coordinator: each round's clipped updates are summed, noised once, and
 * divided by the number of agents that were asked, so that one that drops out counts as no change. Every noisy sum is
 * charged to the coordinator's ledger before it is made; a round that must be noised again, as a crash came before its
 * result was sealed, is charged again. A full disk is no crash: the charge is kept for the next try.
 */
final class ClientNoise {

    private static final String CLIP = "clip";
    private static final String NEXT_CLIP = "nextClip";

    /** All jobs together; jobs have budgets of their own. */
    private static final double UNLIMITED = 1e9;

    private final Path directory;
    private final Clock clock;

    /** Charges of this process whose noise went nowhere, as its result could not be stored, by job, round and attempt. */
    private final Map<String, Long> unused = new ConcurrentHashMap<>();

    /** @param directory where the ledgers are */
    ClientNoise(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** Another round would pass the budget. */
    static final class ExhaustedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        ExhaustedException(String message) {
            super(message);
        }
    }

    static boolean appliesTo(Job job) {
        return job.privacy().unit().equals("client");
    }

    /** The norm that updates of the coming round are clipped to: what the last round's count made of it. */
    static double clip(JobState state) {
        return state.publications()
                .map(Publication::diagnostics)
                .map(Diagnostics::more)
                .filter(figures -> figures.containsKey(NEXT_CLIP))
                .map(figures -> figures.get(NEXT_CLIP))
                .reduce((earlier, later) -> later)
                .orElseGet(() ->
                        PrivacyTermsReader.read(state.job().privacy()).clip().norm());
    }

    /** One round, to be charged and noised once. */
    final class Round {
        private final JobState state;
        private final int number;
        private final Attempt attempt;
        private final PrivacyTerms terms;
        private final ClientRelease release;
        private final int clients;
        private final double clip;
        private final TreeMap<String, Double> figures = new TreeMap<>();
        private long reservation = -1;

        Round(JobState state, int number) {
            this.state = state;
            this.number = number;
            this.attempt = Objects.requireNonNull(state.rounds().get(number)).attempt();
            this.terms = PrivacyTermsReader.read(state.job().privacy());
            this.clients = attempt.members().size();
            this.clip = clip(state);
            this.release = ClientRelease.plan(terms, state.job().rounds(), clients);
        }

        /** @throws ExhaustedException if the round does not fit the budget; nothing was made then */
        Sums sums(GlobalState global, List<ReceivedUpdate> updates) {
            reserve();
            try (SecretBits bits = SecretBits.fresh(state.id() + "-r" + number + "/clients")) {
                double multiplier = release.multiplier();
                figures.put(CLIP, clip);
                if (release.adapts()) {
                    multiplier = release.vectorMultiplier(clients);
                    figures.put(NEXT_CLIP, nextClip(bits));
                }
                return NoisySums.of(
                        global.tensors(),
                        updates,
                        clip,
                        NoisySum.ofSeparateContributions(clip, multiplier),
                        clients,
                        bits);
            }
        }

        /** The reports of those that answered; who is missing counts as neither within the norm nor above it. */
        private double nextClip(SecretBits bits) {
            AdaptiveClip adaptation = release.adaptation(clients);
            NoisySum noise = NoisySum.ofSeparateContributions(0.5, 2 * adaptation.reportSigma());
            long[] sum = new long[1];
            for (Update update : attempt.updates()) {
                boolean within = update.training().get("withinClip") >= 0.5;
                sum[0] += noise.grid().quantise(new float[] {within ? 0.5f : -0.5f})[0];
            }
            return adaptation.next(clip, noise.release(sum, 1, bits)[0]);
        }

        private void reserve() {
            Charge charge = new Charge(
                    state.id().value(), number, "aggregate-a" + attempt.number(), List.of(release.event(clients)));
            PrivacyBudget job = terms.budget();
            try (PrivacyLedger ledger = ledger(state, terms)) {
                reservation = unused.computeIfAbsent(key(), key -> reserve(ledger, charge, job));
                figures.put(Diagnostics.EPSILON, ledger.epsilon(charge.job(), job.delta()));
            }
        }

        private long reserve(PrivacyLedger ledger, Charge charge, PrivacyBudget job) {
            Decision decision = ledger.reserve(charge, new PrivacyBudget(UNLIMITED, job.delta()), job);
            if (decision instanceof Decision.Exhausted exhausted) {
                throw new ExhaustedException(exhausted.reason());
            }
            return ((Decision.Granted) decision).reservation();
        }

        private String key() {
            return state.id() + "/" + number + "/" + attempt.number();
        }

        /** The result is on the disk: the charge is used. */
        void sealed() {
            unused.remove(key());
        }

        /** The charge that the sums were made under. */
        long reservation() {
            return reservation;
        }

        /** The figures of the round, none of them about the data alone. */
        Diagnostics figures() {
            return new Diagnostics(Double.NaN, Double.NaN, "", figures);
        }
    }

    /** Before anything made of a round's sums leaves. Again after a crash, it changes nothing. */
    void commit(JobState state, long reservation) {
        try (PrivacyLedger ledger =
                ledger(state, PrivacyTermsReader.read(state.job().privacy()))) {
            ledger.commit(reservation);
        }
    }

    private PrivacyLedger ledger(JobState state, PrivacyTerms terms) {
        return LedgerFiles.open(directory, state.job().task().dataset(), "clients", terms, clock);
    }

    Round round(JobState state, int number) {
        return new Round(state, number);
    }
}
