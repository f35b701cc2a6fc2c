package dev.tributary.privacy.accountant;

/**
 * Bound on the Rényi divergence of the Gaussian on a sample of fixed size without replacement, replace-one.
 *
 * <p>Wang, Balle, Kasiviswanathan, "Subsampled Rényi Differential Privacy and Analytical Moments Accountant",
 * arXiv:1808.00087: theorem 27 at integer orders, corollary 10 (convexity of (α − 1)·RDP(α)) between them. The theorem's
 * forward differences Δ^l of e^(x(x−1)/(2σ²)) at 0 equal E[(L − 1)^l] with L = exp((2z − 1)/(2σ²)), z ~ N(0, σ²); only
 * even l occur, so the integral has no cancellation.
 */
final class FixedSizeGaussianRdp {
    /** Above this order only the theorem's coarser term is used, which is a bound too. */
    private static final int MAX_MOMENT = 256;

    private final double q;
    private final double sigma;
    private final double[] logMoments = new double[MAX_MOMENT + 2];

    FixedSizeGaussianRdp(double q, double sigma) {
        this.q = q;
        this.sigma = sigma;
    }

    double rdp(double alpha) {
        if (q == 1) {
            return alpha / (2 * sigma * sigma);
        }
        int floor = (int) Math.floor(alpha);
        double part = alpha - floor;
        double below = logA(floor);
        double between = part == 0 ? below : (1 - part) * below + part * logA(floor + 1);
        return between / (alpha - 1);
    }

    private double logA(int alpha) {
        double logExcess = Double.NEGATIVE_INFINITY;
        for (int l = 2; l <= alpha; l++) {
            logExcess =
                    LogMath.add(logExcess, LogMath.binomial(alpha, l) + l * Math.log(q) + Math.min(fine(l), coarse(l)));
        }
        return LogMath.onePlusExp(logExcess);
    }

    private double coarse(int l) {
        return Math.log(2) + l * (l - 1.0) / (2 * sigma * sigma);
    }

    private double fine(int l) {
        if (l > MAX_MOMENT) {
            return Double.POSITIVE_INFINITY;
        }
        return Math.log(4) + 0.5 * (logMoment(l / 2 * 2) + logMoment((l + 1) / 2 * 2));
    }

    /** ln E[(L − 1)^l], l even. */
    private double logMoment(int l) {
        if (logMoments[l] == 0) {
            logMoments[l] = computeLogMoment(l);
        }
        return logMoments[l];
    }

    private double computeLogMoment(int l) {
        double variance = sigma * sigma;
        double low = -12 * sigma - 2;
        double high = 12 * sigma + l + 2;
        double step = sigma / 16;
        int nodes = (int) Math.min(1 << 20, Math.max(1 << 11, Math.ceil((high - low) / step)));
        step = (high - low) / nodes;
        double[] logs = new double[nodes + 1];
        for (int i = 0; i <= nodes; i++) {
            double z = low + i * step;
            double t = (2 * z - 1) / (2 * variance);
            double logGap = t > 40 ? t : Math.log(Math.abs(Math.expm1(t)));
            logs[i] = l * logGap - z * z / (2 * variance);
        }
        return LogMath.sum(logs, logs.length) + Math.log(step) - 0.5 * Math.log(2 * Math.PI * variance);
    }
}
