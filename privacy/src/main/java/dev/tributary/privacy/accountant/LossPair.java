package dev.tributary.privacy.accountant;

/**
 * The dominating pair of one (subsampled) Gaussian in one direction, put on a grid. With φ the density of N(0, σ²) and
 * the mixture ψ(x) = φ(x)·e^λ(x), λ(x) = ln(1 − q + q e^((2x−1)/(2σ²))):
 * removing a unit compares P = ψ with Q = φ, adding one compares P = φ with Q = ψ.
 *
 * <p>Losses between two grid points are split onto both so that the masses under P and under Q are kept: the trade-off
 * curve is the true one at grid points and its chord between them, hence never below it, also after composition (Doroshenko
 * et al., "Connect the Dots", arXiv:2207.04380). Masses are integrated, not differenced, so that small ones keep their
 * digits. Tails beyond {@value #TAIL} standard deviations are moved up: the upper one to infinity.
 */
record LossPair(double q, double sigma, boolean remove) {
    private static final double TAIL = 9.5;
    private static final double LOG_ROOT = 0.5 * Math.log(2 * Math.PI);
    private static final double[] NODES_2 = {-0.5773502691896257, 0.5773502691896257};
    private static final double[] WEIGHTS_2 = {1, 1};
    private static final double[] NODES_5 = {
        -0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831, 0.9061798459386640
    };
    private static final double[] WEIGHTS_5 = {
        0.2369268850561891, 0.4786286704993665, 0.5688888888888889, 0.4786286704993665, 0.2369268850561891
    };

    private double low() {
        return -TAIL * sigma;
    }

    private double high() {
        return TAIL * sigma + (remove ? 1 : 0);
    }

    /** Largest loss less smallest, tails left out. */
    double width() {
        return Math.abs(loss(high()) - loss(low()));
    }

    LossGrid discretise(double step) {
        double low = low();
        double high = high();
        double lossAtLow = loss(low);
        double lossAtHigh = loss(high);
        long first = (long) Math.floor(Math.min(lossAtLow, lossAtHigh) / step);
        int cells = Math.toIntExact((long) Math.ceil(Math.max(lossAtLow, lossAtHigh) / step) - first);
        double[] mass = new double[cells + 1];
        double span = -Math.expm1(-step);
        for (int i = 0; i < cells; i++) {
            double from = Math.min(high, Math.max(low, inverse((first + i) * step)));
            double to = Math.min(high, Math.max(low, inverse((first + i + 1) * step)));
            split(Math.min(from, to), Math.max(from, to), (first + i) * step, span, mass, i);
        }
        double above = remove ? upperTail(high) : LogMath.normalCdf(low / sigma);
        double below = remove ? LogMath.normalCdf(low / sigma) : upperTail(high);
        mass[0] += below;
        double total = above;
        for (double value : mass) {
            total += value;
        }
        for (int i = 0; i < mass.length; i++) {
            mass[i] /= total;
        }
        return new LossGrid(step, first, mass, above);
    }

    /** Adds the P-mass of x in [from, to], whose losses lie in [point, point + step], to mass[i] and mass[i + 1]. */
    private void split(double from, double to, double point, double span, double[] mass, int i) {
        double width = to - from;
        if (width <= 0) {
            return;
        }
        boolean narrow = width < sigma / 256 && width < sigma * sigma / 256;
        double[] nodes = narrow ? NODES_2 : NODES_5;
        double[] weights = narrow ? WEIGHTS_2 : WEIGHTS_5;
        int pieces = (int) Math.ceil(width / Math.min(sigma / 4, sigma * sigma / 2));
        double half = width / pieces / 2;
        for (int piece = 0; piece < pieces; piece++) {
            double centre = from + (2 * piece + 1) * half;
            for (int k = 0; k < nodes.length; k++) {
                double x = centre + half * nodes[k];
                double loss = loss(x);
                double weight = half * weights[k] * density(x, loss);
                double up = Math.min(1, Math.max(0, -Math.expm1(point - loss) / span));
                mass[i] += weight * (1 - up);
                mass[i + 1] += weight * up;
            }
        }
    }

    private double density(double x, double loss) {
        double log = -x * x / (2 * sigma * sigma) - LOG_ROOT - Math.log(sigma);
        return Math.exp(remove ? log + loss : log);
    }

    private double loss(double x) {
        double t = (2 * x - 1) / (2 * sigma * sigma);
        double ratio =
                q == 1 ? t : t > 30 ? LogMath.add(Math.log1p(-q), Math.log(q) + t) : Math.log1p(q * Math.expm1(t));
        return remove ? ratio : -ratio;
    }

    /** The x of a loss; infinite where no x has it. */
    private double inverse(double loss) {
        double ratio = remove ? loss : -loss;
        double t = ratio > 30
                ? ratio - Math.log(q) + Math.log1p(-(1 - q) * Math.exp(-ratio))
                : Math.log1p(Math.max(-1, Math.expm1(ratio) / q));
        return sigma * sigma * t + 0.5;
    }

    private double upperTail(double x) {
        double plain = LogMath.normalCdf(-x / sigma);
        return remove ? (1 - q) * plain + q * LogMath.normalCdf((1 - x) / sigma) : plain;
    }
}
