package dev.tributary.cli.demo;

import dev.tributary.coordinator.view.JobView;

/** The demonstration's job: a sentiment classifier on a sentence encoder, at the settings of the PyTorch reference. */
record DemoJob(String method, int rounds, long seed) {
    static final String NAME = "sentiment-demo";
    static final String MODEL = "minilm";
    static final String DATASET = "reviews";

    String document() {
        return """
                name: %s
                base-model: %s
                task: {type: sequence-classification, labels: [negative, positive], dataset: %s, max-length: 128, pooling: mean}
                adapter: {type: lora, rank: 8, alpha: 16, target-modules: [query, value]}
                training: {epochs: 1, batch-size: 16, learning-rate: 1e-3, head-learning-rate: 5e-3, optimizer: adamw, weight-decay: 0.01}
                aggregation: {method: %s}
                rounds: %d
                cohort: {fraction: 1.0, quorum: 2, deadline: 10m}
                seed: %d
                """.formatted(NAME, MODEL, DATASET, method, rounds, seed);
    }

    boolean isSame(JobView job) {
        return job.name().equals(NAME) && job.method().equals(method) && job.rounds() == rounds && job.seed() == seed;
    }
}
