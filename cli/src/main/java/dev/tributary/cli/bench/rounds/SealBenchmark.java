package dev.tributary.cli.bench.rounds;

import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.seal.SealedFile;
import dev.tributary.protocol.blob.Sha256;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What an agent does with an update before it is sent: seal the file, hash what came of it, sign that. One thread. */
final class SealBenchmark {
    private static final int WARMUP = 3;
    private static final int MEASURED = 10;

    private SealBenchmark() {}

    /** Seconds of each measured time, of the two parts and of both. */
    record Result(List<Double> sealed, List<Double> signed, List<Double> both) {}

    static Result run(Path directory, long size) throws IOException {
        Path plain = random(directory.resolve("plain"), size);
        Path sealed = directory.resolve("sealed");
        byte[] key = new byte[32];
        SigningIdentity identity = SigningIdentity.ephemeral();
        Result result = new Result(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < WARMUP + MEASURED; i++) {
            long begin = System.nanoTime();
            SealedFile.seal(key, plain, sealed);
            long middle = System.nanoTime();
            identity.sign(Sha256.of(sealed).sha256().getBytes(StandardCharsets.US_ASCII));
            long end = System.nanoTime();
            if (i >= WARMUP) {
                result.sealed().add((middle - begin) / 1e9);
                result.signed().add((end - middle) / 1e9);
                result.both().add((end - begin) / 1e9);
            }
        }
        return result;
    }

    private static Path random(Path file, long size) throws IOException {
        Random random = new Random(1);
        byte[] part = new byte[1 << 16];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (long left = size; left > 0; left -= part.length) {
                random.nextBytes(part);
                out.write(part, 0, (int) Math.min(part.length, left));
            }
        }
        return file;
    }
}
