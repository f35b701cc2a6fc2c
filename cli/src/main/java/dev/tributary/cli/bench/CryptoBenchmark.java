package dev.tributary.cli.bench;

import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.noise.DiscreteGaussian;
import dev.tributary.privacy.noise.SecretBits;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.Seal;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.privacy.seal.SealedFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** How much of what protects messages, files and updates one thread does in a second of its processor time, warm. */
final class CryptoBenchmark {

    private static final int MESSAGE_BYTES = 1000;
    private static final int DRAWS = 1 << 18;
    private static final double MEGA = 1e6;

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final long nanos;
    private final int fileBytes;

    /**
     * @param seconds for each figure, after half of that to warm up
     * @param fileBytes of the file that is sealed and opened
     */
    CryptoBenchmark(double seconds, int fileBytes) {
        this.nanos = (long) (seconds * 1e9);
        this.fileBytes = fileBytes;
    }

    /** A second's worth by name; {@code ...Megabytes} and {@code ...MillionDraws} are in millions. */
    Map<String, Double> run(Path scratch) throws IOException {
        Map<String, Double> figures = new LinkedHashMap<>();
        byte[] message = random(MESSAGE_BYTES);
        SigningIdentity identity = SigningIdentity.ephemeral();
        byte[] signature = identity.sign(message);
        figures.put("sign", rate(() -> identity.sign(message)));
        figures.put("verify", rate(() -> identity.publicKey().verifies(message, signature)));
        for (SealSuite suite : SealSuite.values()) {
            OpeningKey key = OpeningKey.generate(suite);
            Seal seal = Seal.seal(key.publicKey(), message, message, message);
            String name = suite.text();
            figures.put("seal-" + name, rate(() -> Seal.seal(key.publicKey(), message, message, message)));
            figures.put("open-" + name, rate(() -> key.open(seal, message, message)));
        }
        files(scratch, figures);
        for (int bits : new int[] {12, 20}) {
            DiscreteGaussian gaussian = DiscreteGaussian.atLeast(1L << bits);
            long[] out = new long[DRAWS];
            try (SecretBits secret = SecretBits.fresh("benchmark")) {
                figures.put("noiseMillionDraws-sigma-2^" + bits, rate(() -> gaussian.fill(out, secret)) * DRAWS / MEGA);
            }
        }
        return figures;
    }

    private void files(Path scratch, Map<String, Double> figures) throws IOException {
        Path plain = Files.write(scratch.resolve("plain"), random(fileBytes));
        Path sealed = scratch.resolve("sealed");
        Path opened = scratch.resolve("opened");
        byte[] key = random(32);
        figures.put("sealFileMegabytes", rate(() -> SealedFile.seal(key, plain, sealed)) * fileBytes / MEGA);
        figures.put("openFileMegabytes", rate(() -> SealedFile.open(key, sealed, opened)) * fileBytes / MEGA);
    }

    private double rate(Work work) throws IOException {
        repeat(work, nanos / 2);
        long begin = threads.getCurrentThreadCpuTime();
        long times = repeat(work, nanos);
        return times * 1e9 / Math.max(1, threads.getCurrentThreadCpuTime() - begin);
    }

    private static long repeat(Work work, long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        long times = 0;
        do {
            work.run();
            times++;
        } while (System.nanoTime() < end);
        return times;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
