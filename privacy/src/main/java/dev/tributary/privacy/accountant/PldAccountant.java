package dev.tributary.privacy.accountant;

import dev.tributary.privacy.accountant.PrivacyEvent.Gaussian;
import dev.tributary.privacy.accountant.PrivacyEvent.SubsampledGaussian;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Adds up events by their loss distributions: tighter than Rényi, never below the true value. The larger of both
 * directions (a unit added, a unit removed) counts. Pure functions; a call takes some tenths of a second.
 */
public final class PldAccountant {
    /** Grid of the loss; made finer where steps are many and small, coarser where the window would not fit. */
    private static final double STEP = 1e-4;

    private static final double FINEST_STEP = STEP / 64;
    private static final double MAX_CELLS = 1 << 21;

    private PldAccountant() {}

    /** Whether there is a loss distribution for each event; where not, only {@link RdpAccountant} applies. */
    public static boolean supports(Collection<? extends PrivacyEvent> events) {
        return events.stream().allMatch(event -> event instanceof Gaussian || event instanceof SubsampledGaussian);
    }

    /**
     * The least ε at this δ.
     *
     * @throws IllegalArgumentException if an event is not supported, or relations differ
     */
    public static double epsilon(Collection<? extends PrivacyEvent> events, double delta) {
        Checks.delta(delta);
        if (events.isEmpty()) {
            return 0;
        }
        return Math.max(
                composed(events, true).epsilon(delta), composed(events, false).epsilon(delta));
    }

    /** The least δ at this ε. */
    public static double delta(Collection<? extends PrivacyEvent> events, double epsilon) {
        Checks.epsilon(epsilon);
        if (events.isEmpty()) {
            return 0;
        }
        return Math.max(
                composed(events, true).delta(epsilon), composed(events, false).delta(epsilon));
    }

    private record Release(LossPair pair, long count) {}

    private static LossGrid composed(Collection<? extends PrivacyEvent> events, boolean remove) {
        List<Release> releases = releases(events, remove);
        double start = fitting(releases, STEP);
        List<LossComposition.Part> parts = discretise(releases, start);
        double step = fitting(releases, powerOfTwo(start, suitableStep(parts, start)));
        if (step != start) {
            parts = discretise(releases, step);
        }
        while (LossComposition.cells(parts, step) > 2 * MAX_CELLS) {
            step *= 2;
            parts = discretise(releases, step);
        }
        return LossComposition.compose(parts, step);
    }

    /** The step, doubled until each release's losses fit. */
    private static double fitting(List<Release> releases, double step) {
        double fitting = step;
        for (Release release : releases) {
            while (release.pair().width() / fitting > MAX_CELLS) {
                fitting *= 2;
            }
        }
        return fitting;
    }

    /** {@code unit} times the power of two next below {@code value}. */
    private static double powerOfTwo(double unit, double value) {
        return unit * Math.scalb(1.0, Math.getExponent(value / unit));
    }

    private static List<LossComposition.Part> discretise(List<Release> releases, double step) {
        return releases.stream()
                .map(release -> new LossComposition.Part(release.pair().discretise(step), release.count()))
                .toList();
    }

    /** The grid adds at most step²/4 to the variance of each release; keep that below 2·10⁻⁴ of the whole. */
    private static double suitableStep(List<LossComposition.Part> parts, double start) {
        double variance = 0;
        long count = 0;
        for (LossComposition.Part part : parts) {
            variance += part.count() * part.grid().variance();
            count += part.count();
        }
        double fine = Math.max(FINEST_STEP, Math.sqrt(8e-4 * variance / count));
        double fitting = 24 * Math.sqrt(variance) / MAX_CELLS;
        return Math.max(Math.min(start, fine), fitting);
    }

    /** All plain Gaussians together are exactly one. */
    private static List<Release> releases(Collection<? extends PrivacyEvent> events, boolean remove) {
        RdpAccountant.requireOneRelation(events);
        List<Release> releases = new ArrayList<>();
        double precision = 0;
        for (PrivacyEvent event : events) {
            if (event instanceof Gaussian gaussian) {
                precision += event.count() / (gaussian.noiseMultiplier() * gaussian.noiseMultiplier());
            } else if (event instanceof SubsampledGaussian sampled) {
                if (sampled.samplingRate() == 1) {
                    precision += event.count() / (sampled.noiseMultiplier() * sampled.noiseMultiplier());
                } else {
                    LossPair pair = new LossPair(sampled.samplingRate(), sampled.noiseMultiplier(), remove);
                    releases.add(new Release(pair, event.count()));
                }
            } else {
                throw new IllegalArgumentException("no loss distribution for " + event + "; use the Rényi accountant");
            }
        }
        if (precision > 0) {
            releases.add(new Release(new LossPair(1, 1 / Math.sqrt(precision), remove), 1));
        }
        return releases;
    }
}
