package dev.tributary.privacy.accountant;

import java.util.Arrays;
import java.util.List;

/**
 * The loss distribution of many independent releases: the product of the spectra, each to the power of its count
 * (Koskela, Jälkö, Honkela, arXiv:1906.03049). The window is chosen by Chernoff bounds; what may lie outside it counts as
 * infinite loss, and so does the rounding of the transforms, measured by the negative masses that it leaves.
 */
final class LossComposition {
    /** Probability given away at either end of the window. */
    private static final double LOG_TAIL = Math.log(1e-18);

    private LossComposition() {}

    record Part(LossGrid grid, long count) {}

    /** Grid points that the sum needs. */
    static double cells(List<Part> parts, double step) {
        return (Math.max(step, bound(parts, 1)) + Math.max(step, bound(parts, -1))) / step;
    }

    static LossGrid compose(List<Part> parts, double step) {
        double high = Math.max(step, bound(parts, 1));
        double low = Math.min(-step, -bound(parts, -1));
        long first = (long) Math.floor(low / step);
        long length = (long) Math.ceil(high / step) - first + 1;
        int n = Integer.highestOneBit(Math.toIntExact(Math.max(4, length) - 1)) * 2;
        Fft fft = new Fft(n);
        double[] re = new double[n];
        double[] im = new double[n];
        double[] logRe = new double[n / 2 + 1];
        double[] angle = new double[n / 2 + 1];
        double logFinite = 0;
        for (Part part : parts) {
            Arrays.fill(re, 0);
            Arrays.fill(im, 0);
            double[] mass = part.grid().mass();
            for (int i = 0; i < mass.length; i++) {
                re[(int) Math.floorMod(part.grid().first() + i, (long) n)] += mass[i];
            }
            fft.forward(re, im);
            for (int k = 0; k <= n / 2; k++) {
                logRe[k] += part.count() * Math.log(Math.hypot(re[k], im[k]));
                angle[k] += Math.IEEEremainder(part.count() * Math.atan2(im[k], re[k]), 2 * Math.PI);
            }
            logFinite += part.count() * Math.log1p(-part.grid().infinite());
        }
        for (int k = 0; k <= n / 2; k++) {
            double size = Math.exp(logRe[k]);
            re[k] = size * Math.cos(angle[k]);
            im[k] = size * Math.sin(angle[k]);
            if (k > 0 && k < n / 2) {
                re[n - k] = re[k];
                im[n - k] = -im[k];
            }
        }
        fft.inverse(re, im);
        return window(re, first, step, -Math.expm1(logFinite) + 2 * Math.exp(LOG_TAIL));
    }

    private static LossGrid window(double[] circle, long first, double step, double infinite) {
        int n = circle.length;
        double[] mass = new double[n];
        double rounding = 0;
        for (int i = 0; i < n; i++) {
            double value = circle[(int) Math.floorMod(first + i, (long) n)];
            rounding = Math.max(rounding, -value);
            mass[i] = Math.max(0, value);
        }
        return new LossGrid(step, first, mass, infinite + rounding * n);
    }

    /** The loss (times {@code sign}) that the sum exceeds with probability at most e^LOG_TAIL. */
    private static double bound(List<Part> parts, int sign) {
        double best = Double.POSITIVE_INFINITY;
        double largest = 0;
        for (Part part : parts) {
            LossGrid grid = part.grid();
            double end = (sign > 0 ? grid.first() + grid.mass().length - 1 : -grid.first()) * grid.step();
            largest += part.count() * end;
        }
        for (double t = 1.0 / 16; t < 1 << 14; t *= 1.25) {
            double log = 0;
            for (Part part : parts) {
                log += part.count() * part.grid().logMoment(sign * t);
            }
            double candidate = (log - LOG_TAIL) / t;
            if (candidate > best) {
                break;
            }
            best = candidate;
        }
        return Math.min(best, largest);
    }
}
