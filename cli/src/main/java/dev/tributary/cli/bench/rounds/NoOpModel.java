package dev.tributary.cli.bench.rounds;

import dev.tributary.plan.ModelDescriptor.LinearShape;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * A pretended model whose rank-8 adapter in fp32 has about a wanted size: square modules of one width, as many as it
 * takes.
 *
 * @param modules number of linear modules
 * @param width rows and columns of each
 */
public record NoOpModel(int modules, int width) {

    static final String NAME = "noop";
    static final String DATASET = "noop";
    private static final int RANK = 8;
    private static final int LARGEST_WIDTH = 1024;
    private static final long BYTES_PER_WIDTH = 2L * RANK * Float.BYTES; // A is (rank, width), B is (width, rank)

    /** @param bytes of the adapter, at least 4096 */
    public static NoOpModel ofAdapterBytes(long bytes) {
        if (bytes < 4096) {
            throw new IllegalArgumentException("an adapter needs at least 4096 bytes here, was " + bytes);
        }
        int modules =
                (int) Math.max(1, (bytes + BYTES_PER_WIDTH * LARGEST_WIDTH - 1) / (BYTES_PER_WIDTH * LARGEST_WIDTH));
        return new NoOpModel(modules, (int) (bytes / BYTES_PER_WIDTH / modules));
    }

    long adapterBytes() {
        return modules * width * BYTES_PER_WIDTH;
    }

    Map<String, LinearShape> shapes() {
        TreeMap<String, LinearShape> shapes = new TreeMap<>();
        for (int i = 0; i < modules; i++) {
            shapes.put("encoder.layer." + i + ".attention.self.query", new LinearShape(width, width));
        }
        return shapes;
    }

    /** A job over this model in which every agent takes part in every round. */
    public String document(String name, String method, int agents, int rounds, Duration deadline) {
        return """
                name: %s
                base-model: %s
                task: {type: sequence-classification, labels: [negative, positive], dataset: %s}
                adapter: {type: lora, rank: %d, alpha: %d, target-modules: [query]}
                aggregation: {method: %s}
                rounds: %d
                cohort: {quorum: %d, deadline: %ds}
                seed: 7
                """.formatted(name, NAME, DATASET, RANK, 2 * RANK, method, rounds, agents, deadline.toSeconds());
    }
}
