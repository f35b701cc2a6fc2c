package dev.tributary.privacy.noise;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Prints draws a second of processor time on one thread, warm: run its main after a test build. */
final class NoiseThroughput {
    private static final long SECONDS = 3_000_000_000L;

    private NoiseThroughput() {}

    public static void main(String[] args) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (double sigma : new double[] {16, 256, 1024, 4096, 0x1p20, 0x1p26}) {
            long start = System.nanoTime();
            DiscreteGaussian gaussian = DiscreteGaussian.atLeast(sigma);
            double setup = (System.nanoTime() - start) / 1e9;
            long[] out = new long[1 << 18];
            double best = 0;
            try (SecretBits bits = SecretBits.fresh("throughput")) {
                for (long end = System.nanoTime() + SECONDS; System.nanoTime() < end; ) {
                    long begin = threads.getCurrentThreadCpuTime();
                    gaussian.fill(out, bits);
                    best = Math.max(best, out.length * 1e3 / (threads.getCurrentThreadCpuTime() - begin));
                }
            }
            System.out.printf("sigma %.0f: %.1f M draws/s, tables %.2f s%n", sigma, best, setup);
        }
    }
}
