package dev.tributary.privacy.dp;

import dev.tributary.plan.Problem;
import dev.tributary.privacy.accountant.Calibration;
import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What a job's privacy claim means, with nothing left open. Read from a job by {@link PrivacyTermsReader}; sound only if
 * {@link #problems} is empty for the number of units that it is applied to.
 *
 * @param noiseMultiplier σ of the noise on the sum, divided by the clipping norm C (also where neighbours exchange a unit
 *     and the sum can move by 2C); empty to have it found from the budget
 * @param canaries made-up contributions in every training, by which an agent checks the claim; 0 for none
 */
public record PrivacyTerms(
        Unit unit,
        Trust trust,
        Relation relation,
        Sampling sampling,
        Clip clip,
        Weights weights,
        PrivacyBudget budget,
        OptionalDouble noiseMultiplier,
        boolean cohortHidden,
        int canaries) {

    /** Terms without canaries. */
    public PrivacyTerms(
            Unit unit,
            Trust trust,
            Relation relation,
            Sampling sampling,
            Clip clip,
            Weights weights,
            PrivacyBudget budget,
            OptionalDouble noiseMultiplier,
            boolean cohortHidden) {
        this(unit, trust, relation, sampling, clip, weights, budget, noiseMultiplier, cohortHidden, 0);
    }

    /** The same terms with {@code canaries} of them. */
    public PrivacyTerms withCanaries(int canaries) {
        return new PrivacyTerms(
                unit, trust, relation, sampling, clip, weights, budget, noiseMultiplier, cohortHidden, canaries);
    }

    /** What one neighbour has more or other than the other. */
    public enum Unit {
        /** One training example. */
        EXAMPLE,
        /** All data of one client. */
        CLIENT
    }

    /** Who adds the noise, hence who sees values without it. */
    public enum Trust {
        /** The client; nothing without noise leaves it. */
        LOCAL,
        /** The coordinator, which sees every clipped update. */
        CENTRAL
    }

    /** Which units take part in one release. */
    public sealed interface Sampling {}

    /** Each with probability {@code rate}, independently. */
    public record Poisson(double rate) implements Sampling {}

    /** Exactly {@code sample}, drawn without replacement. */
    public record FixedSize(long sample) implements Sampling {}

    /** All. */
    public record Full() implements Sampling {}

    /** How long a unit's contribution may be. */
    public sealed interface Clip {
        /** The norm, or the first norm. */
        double norm();
    }

    public record FixedClip(double norm) implements Clip {}

    /** Follows the median norm, from {@code norm}, within a factor of 100 either way. */
    public record MedianClip(double norm) implements Clip {}

    /** How clients' updates are weighted in the mean. */
    public enum Weights {
        UNIFORM,
        /** Public figures in [0, 1] that do not depend on the data protected. */
        BOUNDED,
        /** By the number of training examples. */
        EXAMPLES
    }

    /**
     * Every reason why these terms do not hold together; none if they do.
     *
     * @param units number of units that the claim covers: a client's examples, or the clients
     */
    public List<Problem> problems(long units) {
        List<Problem> problems = new ArrayList<>();
        delta(units, problems);
        sampling(units, problems);
        roles(problems);
        weights(problems);
        canaries(problems);
        return List.copyOf(problems);
    }

    /** Whether δ is within 0.1/N; above, the claim allows a tenth of a unit to be exposed. */
    public boolean deltaIsComfortable(long units) {
        return budget.delta() <= 0.1 / units;
    }

    /**
     * {@code count} releases as accountants take them.
     *
     * @param multiplier relative to C, as in {@link #noiseMultiplier}
     */
    public PrivacyEvent event(double multiplier, long units, long count) {
        double relative = relation == Relation.REPLACE_ONE ? multiplier / 2 : multiplier;
        if (sampling instanceof Poisson poisson) {
            return new PrivacyEvent.SubsampledGaussian(relative, poisson.rate(), count);
        }
        if (sampling instanceof FixedSize fixed) {
            return new PrivacyEvent.FixedSizeGaussian(relative, fixed.sample(), units, count);
        }
        return new PrivacyEvent.Gaussian(relative, count, relation);
    }

    /** The multiplier given, or the least that keeps {@code count} releases within the budget. */
    public double multiplier(long units, long count) {
        return noiseMultiplier.isPresent()
                ? noiseMultiplier.getAsDouble()
                : Calibration.noiseMultiplier(budget, sigma -> List.of(event(sigma, units, count)));
    }

    private void delta(long units, List<Problem> problems) {
        if (units < 1) {
            problems.add(problem("unit", "there are no units to protect", "Use a dataset with training examples"));
        } else if (budget.delta() >= 1.0 / units) {
            problems.add(problem(
                    "delta",
                    "delta " + budget.delta() + " is not below 1/N with N = " + units
                            + ": releasing one unit in full would satisfy it",
                    "Write a delta below " + 1.0 / units + ", better below " + 0.1 / units));
        }
    }

    private void sampling(long units, List<Problem> problems) {
        if (sampling instanceof Poisson && relation == Relation.REPLACE_ONE) {
            problems.add(problem(
                    "relation",
                    "Poisson sampling is accounted for adding or removing a unit, not for replace-one",
                    "Write relation: add-remove, or sampling: fixed-size"));
        }
        if (sampling instanceof FixedSize fixed) {
            if (relation == Relation.ADD_REMOVE) {
                problems.add(problem(
                        "relation",
                        "a sample of fixed size is accounted for exchanging a unit, not for add-remove",
                        "Write relation: replace-one, or sampling: poisson"));
            }
            if (fixed.sample() > units) {
                problems.add(problem(
                        "sample", "a sample of " + fixed.sample() + " cannot be drawn from " + units, "Lower it"));
            }
        }
        if (unit == Unit.CLIENT && !(sampling instanceof Full) && !cohortHidden) {
            problems.add(problem(
                    "sampling",
                    "sampling clients protects only against those who cannot see who takes part",
                    "Write sampling: full, or cohort-hidden: true if only the released model is seen"));
        }
        if (unit == Unit.CLIENT && trust == Trust.LOCAL && !(sampling instanceof Full)) {
            problems.add(problem(
                    "sampling",
                    "a client that noises its own update is seen to take part; sampling does not protect it",
                    "Write sampling: full, or trust: central"));
        }
    }

    private void roles(List<Problem> problems) {
        if (unit == Unit.EXAMPLE && trust == Trust.CENTRAL) {
            problems.add(problem(
                    "trust",
                    "the coordinator never sees single examples and cannot clip them",
                    "Write trust: local, or unit: client"));
        }
        if (clip instanceof MedianClip && !(unit == Unit.CLIENT && trust == Trust.CENTRAL)) {
            problems.add(problem(
                    "clip",
                    "adaptive clipping needs the coordinator's sum of the clients' reports",
                    "Write a fixed clip, or unit: client with trust: central"));
        }
    }

    private void canaries(List<Problem> problems) {
        if (canaries > 0 && unit == Unit.CLIENT) {
            problems.add(
                    problem("canaries", "are made-up examples; they do not check a claim for clients", "Remove them"));
        }
    }

    private void weights(List<Problem> problems) {
        if (weights == Weights.EXAMPLES) {
            problems.add(problem(
                    "weights",
                    "weights by the number of examples depend on the data that is protected",
                    "Write weights: uniform"));
        }
        if (weights == Weights.BOUNDED && unit == Unit.EXAMPLE && relation == Relation.ADD_REMOVE) {
            problems.add(problem(
                    "weights",
                    "under add-remove the number of examples is private, so a weight may not follow it",
                    "Write weights: uniform, or relation: replace-one"));
        }
    }

    static Problem problem(String key, String message, String fix) {
        return new Problem("privacy." + key.toLowerCase(Locale.ROOT), 0, message, fix);
    }
}
