package dev.tributary.aggregation;

import dev.tributary.plan.Job;
import java.util.List;
import java.util.Optional;

/**
 * An optimiser on the server, for any method that publishes a mean: the mean change g = Σ wᵢ(θᵢ − θ) of a round is taken as
 * a gradient, element by element, with weights by examples. With m ← β₁m + (1−β₁)g (m = g in the first round):
 *
 * <ul>
 *   <li>FedAvgM (Hsu et al. 2019, arXiv 1909.06335): θ ← θ + η·m;
 *   <li>FedAdagrad, FedAdam, FedYogi (Reddi et al. 2021, arXiv 2003.00295): θ ← θ + η·m/(√v + τ), v₀ = τ², with
 *       v ← v + g², v ← β₂v + (1−β₂)g² and v ← v − (1−β₂)g²·sign(v − g²).
 * </ul>
 *
 * @param rate η
 */
public record ServerOptimizer(Kind kind, double rate, double beta1, double beta2, double tau) {

    /** Which rule. */
    public enum Kind {
        FEDAVGM,
        FEDADAGRAD,
        FEDADAM,
        FEDYOGI
    }

    private static final MethodOption KIND = MethodOption.choice(
            "server-optimizer",
            List.of("none", "fedavgm", "fedadagrad", "fedadam", "fedyogi"),
            "what the server makes of the mean change of a round; none publishes the mean");
    private static final MethodOption RATE = MethodOption.optionalNumber(
            "server-learning-rate", 1e-9, 1e3, "η of the server optimiser; 1 for fedavgm, 1e-3 otherwise if left out");
    private static final MethodOption BETA1 =
            MethodOption.number("server-beta1", 0, 0.999999, 0.9, "momentum of the server optimiser");
    private static final MethodOption BETA2 = MethodOption.number(
            "server-beta2", 0, 0.999999, 0.99, "decay of the second moment, of fedadam and fedyogi");
    private static final MethodOption TAU =
            MethodOption.number("server-tau", 1e-12, 1, 1e-3, "adaptivity: added to the root of the second moment");

    /** Keys under {@code aggregation} of every method that takes an optimiser. */
    public static final List<MethodOption> OPTIONS = List.of(KIND, RATE, BETA1, BETA2, TAU);

    /** The job's, if it has one. */
    static Optional<ServerOptimizer> of(Job job) {
        String word = KIND.of(job).orElse("none");
        if (word.equals("none")) {
            return Optional.empty();
        }
        Kind kind = Kind.valueOf(word.toUpperCase(java.util.Locale.ROOT));
        double rate = RATE.of(job).map(Double::parseDouble).orElse(kind == Kind.FEDAVGM ? 1 : 1e-3);
        return Optional.of(
                new ServerOptimizer(kind, rate, BETA1.numberOf(job), BETA2.numberOf(job), TAU.numberOf(job)));
    }

    boolean hasSecondMoment() {
        return kind != Kind.FEDAVGM;
    }

    /** The first moment after a gradient. */
    double moment(double before, double gradient) {
        return beta1 * before + (1 - beta1) * gradient;
    }

    /** The second moment after a gradient; before the first it is τ². */
    double second(double before, double gradient) {
        double square = gradient * gradient;
        return switch (kind) {
            case FEDAVGM -> 0;
            case FEDADAGRAD -> before + square;
            case FEDADAM -> beta2 * before + (1 - beta2) * square;
            case FEDYOGI -> before - (1 - beta2) * square * Math.signum(before - square);
        };
    }

    /** What is added to a value. */
    double step(double moment, double second) {
        return hasSecondMoment() ? rate * moment / (Math.sqrt(second) + tau) : rate * moment;
    }
}
