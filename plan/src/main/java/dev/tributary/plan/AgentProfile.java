package dev.tributary.plan;

import java.util.List;
import java.util.Optional;

/**
 * What an agent can do, told at registration.
 *
 * @param device {@code cpu} or the name of its GPU
 * @param memoryBytes memory available for training
 * @param maxRank largest adapter rank the agent accepts
 * @param tokensPerSecond measured training speed, 0 if not yet measured
 */
public record AgentProfile(
        AgentId id,
        String softwareVersion,
        String device,
        long memoryBytes,
        int maxRank,
        double tokensPerSecond,
        List<ModelDescriptor> models,
        List<DatasetDescriptor> datasets) {

    public AgentProfile {
        models = List.copyOf(models);
        datasets = List.copyOf(datasets);
    }

    public Optional<ModelDescriptor> model(String name) {
        return models.stream().filter(m -> m.name().equals(name)).findFirst();
    }

    public Optional<DatasetDescriptor> dataset(String name) {
        return datasets.stream().filter(d -> d.name().equals(name)).findFirst();
    }
}
