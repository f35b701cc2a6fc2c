package dev.tributary.privacy.accountant;

/** In-place complex Fourier transform of a power-of-two length (radix 2, decimation in time). Not thread-safe. */
final class Fft {
    private final int n;
    private final double[] cos;
    private final double[] sin;

    Fft(int n) {
        if (Integer.bitCount(n) != 1) {
            throw new IllegalArgumentException("length must be a power of two, was " + n);
        }
        this.n = n;
        cos = new double[n / 2];
        sin = new double[n / 2];
        for (int k = 0; k < n / 2; k++) {
            double angle = 2 * Math.PI * k / n;
            cos[k] = Math.cos(angle);
            sin[k] = Math.sin(angle);
        }
    }

    /** X[k] = Σ x[j] e^(−2πijk/n). */
    void forward(double[] re, double[] im) {
        permute(re, im);
        for (int half = 1; half < n; half *= 2) {
            int stride = n / (2 * half);
            for (int block = 0; block < n; block += 2 * half) {
                for (int j = 0; j < half; j++) {
                    int a = block + j;
                    int b = a + half;
                    double c = cos[j * stride];
                    double s = -sin[j * stride];
                    double oddRe = re[b] * c - im[b] * s;
                    double oddIm = re[b] * s + im[b] * c;
                    re[b] = re[a] - oddRe;
                    im[b] = im[a] - oddIm;
                    re[a] += oddRe;
                    im[a] += oddIm;
                }
            }
        }
    }

    /** The inverse, divided by n. */
    void inverse(double[] re, double[] im) {
        forward(im, re);
        for (int i = 0; i < n; i++) {
            re[i] /= n;
            im[i] /= n;
        }
    }

    private void permute(double[] re, double[] im) {
        int shift = Integer.numberOfLeadingZeros(n) + 1;
        for (int i = 1; i < n; i++) {
            int j = Integer.reverse(i) >>> shift;
            if (j > i) {
                double swap = re[i];
                re[i] = re[j];
                re[j] = swap;
                swap = im[i];
                im[i] = im[j];
                im[j] = swap;
            }
        }
    }
}
