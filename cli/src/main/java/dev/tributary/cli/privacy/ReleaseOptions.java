package dev.tributary.cli.privacy;

import dev.tributary.cli.CliException;
import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.Relation;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who takes part in one noisy sum, and what counts as a neighbour. */
final class ReleaseOptions {

    @Option(
            names = "--sampling-rate",
            paramLabel = "Q",
            description = "Every unit takes part in a step with this probability (Poisson). Default: 1, all of them.")
    private @Nullable Double samplingRate;

    @Option(
            names = "--sample",
            paramLabel = "M",
            description =
                    "Instead of a rate: exactly M units take part, drawn without replacement. Needs --population.")
    private @Nullable Long sample;

    @Option(names = "--population", paramLabel = "N", description = "Units that --sample draws from.")
    private @Nullable Long population;

    @Option(
            names = "--relation",
            paramLabel = "R",
            description = "add-remove or replace-one. Default: replace-one with --sample, add-remove otherwise.")
    private @Nullable String relation;

    @Option(names = "--delta", required = true, description = "The probability left outside the claim.")
    private double delta;

    double delta() {
        if (!(delta > 0 && delta < 1)) {
            throw new CliException("--delta must be above 0 and below 1, was " + delta);
        }
        return delta;
    }

    /**
     * Steps as accountants take them.
     *
     * @param sigma standard deviation of the noise on the sum, divided by the clipping norm
     */
    PrivacyEvent event(double sigma, long steps) {
        if (!(sigma > 0 && sigma < Double.POSITIVE_INFINITY)) {
            throw new CliException("--sigma must be above 0, was " + sigma);
        }
        if (steps < 1) {
            throw new CliException("--steps must be at least 1, was " + steps);
        }
        Relation neighbours = relation();
        double relative = neighbours == Relation.REPLACE_ONE ? sigma / 2 : sigma;
        if (sample != null || population != null) {
            return fixedSize(relative, neighbours, steps);
        }
        double rate = samplingRate == null ? 1 : samplingRate;
        if (!(rate > 0 && rate <= 1)) {
            throw new CliException("--sampling-rate must be above 0 and at most 1, was " + rate);
        }
        if (rate == 1) {
            return new PrivacyEvent.Gaussian(relative, steps, neighbours);
        }
        if (neighbours == Relation.REPLACE_ONE) {
            throw new CliException("--sampling-rate is accounted for add-remove only; leave --relation out,"
                    + " or give --sample and --population");
        }
        return new PrivacyEvent.SubsampledGaussian(sigma, rate, steps);
    }

    private PrivacyEvent fixedSize(double relative, Relation neighbours, long steps) {
        if (sample == null || population == null || samplingRate != null) {
            throw new CliException("--sample and --population come together, and without --sampling-rate");
        }
        if (sample < 1 || sample > population) {
            throw new CliException("--sample must be from 1 to --population, was " + sample + " of " + population);
        }
        if (neighbours == Relation.ADD_REMOVE) {
            throw new CliException(
                    "--sample is accounted for replace-one only; leave --relation out," + " or give --sampling-rate");
        }
        return new PrivacyEvent.FixedSizeGaussian(relative, sample, population, steps);
    }

    private Relation relation() {
        if (relation == null) {
            return sample != null ? Relation.REPLACE_ONE : Relation.ADD_REMOVE;
        }
        return switch (relation.toLowerCase(Locale.ROOT)) {
            case "add-remove" -> Relation.ADD_REMOVE;
            case "replace-one" -> Relation.REPLACE_ONE;
            default -> throw new CliException("--relation must be add-remove or replace-one, was '" + relation + "'");
        };
    }
}
