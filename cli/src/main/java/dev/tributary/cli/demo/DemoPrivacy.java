package dev.tributary.cli.demo;

import java.util.OptionalDouble;

/** The demonstration's differential privacy: single examples, noised at their site, at δ = 10⁻⁴. */
final class DemoPrivacy {
    private DemoPrivacy() {}

    /**
     * The job's {@code privacy} section.
     *
     * @param epsilon the budget of all rounds; empty for no differential privacy
     * @param samplingRate share of a site's examples in one step
     */
    static String section(OptionalDouble epsilon, double samplingRate) {
        return epsilon.isEmpty()
                ? "privacy: {unit: none}"
                : "privacy: {unit: example, trust: local, relation: add-remove, sampling: poisson, sampling-rate: "
                        + samplingRate + ", clipping: fixed, clip: 1.0, weights: uniform, epsilon: "
                        + epsilon.getAsDouble() + ", delta: 1e-4}";
    }
}
