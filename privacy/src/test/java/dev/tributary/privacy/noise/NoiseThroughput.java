package dev.tributary.privacy.noise;

/** Prints draws a second on one thread, warm: run its main after a test build. */
final class NoiseThroughput {
    private static final long SECONDS = 3_000_000_000L;

    private NoiseThroughput() {}

    public static void main(String[] args) {
        for (double sigma : new double[] {16, 256, 1024, 4096, 0x1p20, 0x1p26}) {
            long start = System.nanoTime();
            DiscreteGaussian gaussian = DiscreteGaussian.atLeast(sigma);
            double setup = (System.nanoTime() - start) / 1e9;
            long[] out = new long[1 << 18];
            double best = 0;
            try (SecretBits bits = SecretBits.fresh("throughput")) {
                for (long end = System.nanoTime() + SECONDS; System.nanoTime() < end; ) {
                    long begin = System.nanoTime();
                    gaussian.fill(out, bits);
                    best = Math.max(best, out.length * 1e3 / (System.nanoTime() - begin));
                }
            }
            System.out.printf("sigma %.0f: %.1f M draws/s, tables %.2f s%n", sigma, best, setup);
        }
    }
}
