package dev.tributary.privacy.accountant;

/**
 * Something released that depended on private data: what ledgers record and accountants add up. Events, not epsilons, are
 * kept, so that a better accountant can be run over an old ledger.
 *
 * <p>A noise multiplier is the standard deviation of the noise divided by the L2 sensitivity <em>under the event's own
 * relation</em>. The discrete Gaussian on a grid at least four times finer than its standard deviation is accounted as
 * the continuous one.
 */
public sealed interface PrivacyEvent {

    /** Independent repetitions of this release. */
    long count();

    Relation relation();

    /** The same event, repeated another number of times. */
    PrivacyEvent withCount(long count);

    /** Gaussian noise on a sum over all units. */
    record Gaussian(double noiseMultiplier, long count, Relation relation) implements PrivacyEvent {
        public Gaussian {
            Checks.noiseMultiplier(noiseMultiplier);
            Checks.count(count);
        }

        @Override
        public Gaussian withCount(long other) {
            return new Gaussian(noiseMultiplier, other, relation);
        }
    }

    /**
     * Gaussian noise on a sum over a secret Poisson sample: every unit takes part with probability {@code samplingRate},
     * independently, anew each time. Neighbours differ by adding or removing a unit.
     */
    record SubsampledGaussian(double noiseMultiplier, double samplingRate, long count) implements PrivacyEvent {
        public SubsampledGaussian {
            Checks.noiseMultiplier(noiseMultiplier);
            Checks.samplingRate(samplingRate);
            Checks.count(count);
        }

        @Override
        public Relation relation() {
            return Relation.ADD_REMOVE;
        }

        @Override
        public SubsampledGaussian withCount(long other) {
            return new SubsampledGaussian(noiseMultiplier, samplingRate, other);
        }
    }

    /**
     * Gaussian noise on a sum over a secret sample of exactly {@code sample} out of {@code population} units, drawn
     * without replacement. Neighbours differ by exchanging a unit, so the multiplier is relative to 2C.
     */
    record FixedSizeGaussian(double noiseMultiplier, long sample, long population, long count) implements PrivacyEvent {
        public FixedSizeGaussian {
            Checks.noiseMultiplier(noiseMultiplier);
            Checks.count(count);
            if (sample < 1 || sample > population) {
                throw new IllegalArgumentException(
                        "sample must be in [1, population], was " + sample + " of " + population);
            }
        }

        @Override
        public Relation relation() {
            return Relation.REPLACE_ONE;
        }

        public double samplingRate() {
            return (double) sample / population;
        }

        @Override
        public FixedSizeGaussian withCount(long other) {
            return new FixedSizeGaussian(noiseMultiplier, sample, population, other);
        }
    }
}
