package dev.tributary.coordinator.view;

import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.DatasetDescriptor;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered agent.
 *
 * @param live heard of within the lease
 * @param lastSeen null if not heard of since the coordinator started
 */
public record AgentView(
        String id,
        boolean live,
        @Nullable Instant lastSeen,
        String softwareVersion,
        String device,
        long memoryBytes,
        int maxRank,
        double tokensPerSecond,
        List<Model> models,
        List<DatasetDescriptor> datasets,
        List<ProgressView> progress) {

    /** A base model by name and content. */
    public record Model(String name, String architecture, String weightsSha256) {}

    static AgentView of(AgentProfile p, boolean live, @Nullable Instant lastSeen, List<ProgressView> progress) {
        return new AgentView(
                p.id().value(),
                live,
                lastSeen,
                p.softwareVersion(),
                p.device(),
                p.memoryBytes(),
                p.maxRank(),
                p.tokensPerSecond(),
                p.models().stream()
                        .map(m -> new Model(m.name(), m.architecture(), m.weightsSha256()))
                        .toList(),
                p.datasets(),
                progress);
    }
}
