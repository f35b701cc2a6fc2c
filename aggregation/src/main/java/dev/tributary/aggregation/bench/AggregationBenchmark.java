package dev.tributary.aggregation.bench;

import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.engine.Canonical;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/** Measures rules on files, beside the dense computation and beside merely moving the bytes. */
public final class AggregationBenchmark {

    private static final int REPEATS = 5;
    private static final int BUFFER = 1 << 20;

    private final Path directory;
    private final int size;
    private final int rank;

    /**
     * @param directory for the files; emptied by the caller
     * @param size rows and columns of a module
     */
    public AggregationBenchmark(Path directory, int size, int rank) {
        this.directory = directory;
        this.size = size;
        this.rank = rank;
    }

    /**
     * FedEx-LoRA on one module against the dense matrix.
     *
     * @param fedexSeconds median, with reading K updates and writing adapter and fold through files, flushed to disk
     * @param denseSeconds median of Σ wᵢBᵢAᵢ − B̄Ā in fp32 on ND4J, from memory to memory
     * @param allocatedBytes all that the rule ever allocated on the heap: no less than what it held at any time
     */
    public record Residual(int agents, double fedexSeconds, double denseSeconds, long allocatedBytes) {
        public double speedup() {
            return denseSeconds / fedexSeconds;
        }
    }

    public Residual residual(int agents) {
        try (BenchRound round = new BenchRound(subdirectory("residual"), 1, size, rank, agents)) {
            round.run("fedex");
            long before = allocated();
            round.run("fedex");
            long allocated = allocated() - before;
            double fedex = median(() -> round.run("fedex"));
            List<ReceivedUpdate> updates = Canonical.order(round.updates());
            DenseResidual dense = DenseResidual.of(updates, "layers.000.proj");
            double seconds = median(dense::compute);
            return new Residual(agents, fedex, seconds, allocated);
        }
    }

    private static long allocated() {
        return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
                ? Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                        .filter(bytes -> bytes > 0)
                        .sum()
                : 0;
    }

    /**
     * One rule on a whole adapter.
     *
     * @param seconds median, inputs in the page cache, output flushed to disk
     * @param copySeconds median of reading the same inputs and writing as many bytes as the outputs have, likewise
     */
    public record Throughput(
            String method, int agents, long bytesIn, long bytesOut, double seconds, double copySeconds) {
        /** 1 would be as fast as moving the bytes. */
        public double shareOfCopying() {
            return copySeconds / seconds;
        }
    }

    public Throughput throughput(String method, int modules, int agents) {
        Path place = subdirectory(method);
        try (BenchRound round = new BenchRound(place, modules, size, rank, agents)) {
            List<Path> outputs = round.run(method);
            long in = bytes(round.inputs());
            long out = bytes(outputs);
            double seconds = median(() -> round.run(method));
            double copy = median(() -> move(round.inputs(), out, place.resolve("copy")));
            return new Throughput(method, agents, in, out, seconds, copy);
        }
    }

    /** Largest heap in use while a rule runs, over that before it, with garbage collected all the while. */
    public long heapGrowth(String method, int modules, int agents) {
        try (BenchRound round = new BenchRound(subdirectory(method + agents), modules, size, rank, agents)) {
            round.run(method);
            return HeapWatch.growth(() -> round.run(method));
        }
    }

    private Path subdirectory(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a directory in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static double median(Runnable work) {
        double[] seconds = new double[REPEATS];
        work.run();
        for (int i = 0; i < REPEATS; i++) {
            long begin = System.nanoTime();
            work.run();
            seconds[i] = (System.nanoTime() - begin) / 1e9;
        }
        Arrays.sort(seconds);
        return seconds[REPEATS / 2];
    }

    private static long bytes(List<Path> files) {
        return files.stream().mapToLong(path -> path.toFile().length()).sum();
    }

    private static void move(List<Path> inputs, long bytesOut, Path target) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try {
            for (Path input : inputs) {
                try (FileChannel channel = FileChannel.open(input, StandardOpenOption.READ)) {
                    do {
                        buffer.clear();
                    } while (channel.read(buffer) >= 0);
                }
            }
            try (FileChannel channel = FileChannel.open(
                    target,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                for (long at = 0; at < bytesOut; ) {
                    buffer.clear().limit((int) Math.min(BUFFER, bytesOut - at));
                    at += channel.write(buffer);
                }
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot move the bytes: " + e.getMessage(), e);
        }
    }
}
