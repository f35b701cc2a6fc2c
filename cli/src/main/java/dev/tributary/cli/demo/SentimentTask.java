package dev.tributary.cli.demo;

import dev.tributary.cli.local.LocalSite;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/** A sentiment classifier on a sentence encoder, three domains, at the settings of the PyTorch reference. */
final class SentimentTask implements DemoTask {
    static final String DATASET = "reviews";

    @Override
    public String type() {
        return "sequence-classification";
    }

    @Override
    public String name() {
        return "sentiment-demo";
    }

    @Override
    public String model() {
        return "minilm";
    }

    @Override
    public List<LocalSite> sites(Path directory) {
        SentimentSites.write(directory);
        return SentimentSites.local(directory);
    }

    @Override
    public String document(String method, int rounds, long seed, OptionalDouble epsilon) {
        // Noise asks for larger steps: a quarter of the examples in each, eight steps a round.
        String training = epsilon.isEmpty()
                ? "{epochs: 1, batch-size: 16, learning-rate: 1e-3, head-learning-rate: 5e-3, optimizer: adamw,"
                        + " weight-decay: 0.01}"
                : "{epochs: 2, batch-size: 32, learning-rate: 1e-3, head-learning-rate: 5e-3, optimizer: adamw,"
                        + " weight-decay: 0}";
        return """
                name: %s
                base-model: %s
                task: {type: sequence-classification, labels: [negative, positive], dataset: %s, max-length: 128, pooling: mean}
                adapter: {type: lora, rank: 8, alpha: 16, target-modules: [query, value]}
                training: %s
                aggregation: {method: %s}
                rounds: %d
                cohort: {fraction: 1.0, quorum: 2, deadline: 30m}
                %s
                seed: %d
                """.formatted(
                        name(), model(), DATASET, training, method, rounds, DemoPrivacy.section(epsilon, 0.25), seed);
    }
}
