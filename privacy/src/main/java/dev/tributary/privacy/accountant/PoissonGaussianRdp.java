package dev.tributary.privacy.accountant;

/**
 * Rényi divergence of the Poisson-subsampled Gaussian, add-remove: with L(z) = exp((2z − 1)/(2σ²)),
 * A(α) = E[(1 − q + qL(z))^α] over z ~ N(0, σ²), and RDP(α) = ln A(α) / (α − 1).
 *
 * <p>Mironov, Talwar, Zhang, "Rényi Differential Privacy of the Sampled Gaussian Mechanism", arXiv:1908.10530. Integer
 * orders use the paper's binomial sum; other orders the integral itself, since its series alternates in sign. Both are
 * written for A − 1, whose terms are all ≥ 0, so that small losses keep their digits.
 */
final class PoissonGaussianRdp {
    private static final int MAX_NODES = 1 << 22;

    private PoissonGaussianRdp() {}

    static double rdp(double q, double sigma, double alpha) {
        if (q == 1) {
            return alpha / (2 * sigma * sigma);
        }
        return logA(q, sigma, alpha) / (alpha - 1);
    }

    /** ln A(α), 0 < q < 1, α > 1. */
    static double logA(double q, double sigma, double alpha) {
        double logExcess = alpha == Math.rint(alpha) ? logExcess(q, sigma, (int) alpha) : logExcess(q, sigma, alpha);
        return LogMath.onePlusExp(logExcess);
    }

    /** ln(A − 1) = ln Σ_{k≥2} C(α,k) (1−q)^(α−k) q^k (e^((k²−k)/(2σ²)) − 1). */
    private static double logExcess(double q, double sigma, int alpha) {
        double logQ = Math.log(q);
        double logRest = Math.log1p(-q);
        double[] terms = new double[alpha - 1];
        for (int k = 2; k <= alpha; k++) {
            double exponent = k * (k - 1.0) / (2 * sigma * sigma);
            terms[k - 2] = LogMath.binomial(alpha, k) + k * logQ + (alpha - k) * logRest + LogMath.expm1(exponent);
        }
        return LogMath.sum(terms, terms.length);
    }

    /** ln(A − 1) = ln ∫ φ(z) [(1 + qu)^α − 1 − αqu] dz with u = L − 1, by the trapezoid rule. */
    private static double logExcess(double q, double sigma, double alpha) {
        double variance = sigma * sigma;
        double low = -12 * sigma - 2;
        double high = 12 * sigma + alpha + 2;
        // The integrand is analytic in a strip of half width πσ² (and Gaussian in σ), so this step is exact to
        // rounding.
        double step = Math.min(sigma / 16, variance / 2);
        int nodes = (int) Math.min(MAX_NODES, Math.max(1 << 9, Math.ceil((high - low) / step)));
        step = (high - low) / nodes;
        double[] logs = new double[nodes + 1];
        for (int i = 0; i <= nodes; i++) {
            double z = low + i * step;
            logs[i] = logConvexGap(q, (2 * z - 1) / (2 * variance), alpha) - z * z / (2 * variance);
        }
        return LogMath.sum(logs, logs.length) + Math.log(step) - 0.5 * Math.log(2 * Math.PI * variance);
    }

    /** ln[(1 + w)^α − 1 − αw] with w = q(eᵗ − 1), never negative as x^α is convex. */
    private static double logConvexGap(double q, double t, double alpha) {
        if (t > 30) {
            double logBase = LogMath.add(Math.log1p(-q), Math.log(q) + t);
            double power = alpha * logBase;
            double linear = Math.log(alpha) + Math.log(q) + t;
            return power + Math.log1p(-Math.exp(Math.min(linear - power, -1e-12)));
        }
        double w = q * Math.expm1(t);
        if (Math.abs(w) * alpha < 1e-3) {
            double term = alpha * (alpha - 1) / 2;
            double series = term;
            double power = 1;
            for (int k = 3; k < 9; k++) {
                term *= (alpha - k + 1) / k;
                power *= w;
                series += term * power;
            }
            return w == 0 ? Double.NEGATIVE_INFINITY : 2 * Math.log(Math.abs(w)) + Math.log(series);
        }
        double power = alpha * Math.log1p(w);
        return power > 500
                ? power + Math.log1p(-(1 + alpha * w) * Math.exp(-power))
                : Math.log(Math.expm1(power) - alpha * w);
    }
}
