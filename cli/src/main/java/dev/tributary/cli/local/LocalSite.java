package dev.tributary.cli.local;

import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.plan.AgentId;
import java.util.SortedMap;

/**
 * One agent of a local federation and the data that it alone sees.
 *
 * @param maxRank largest adapter rank it accepts
 */
public record LocalSite(AgentId id, SortedMap<String, DatasetConfig> datasets, int maxRank) {

    public LocalSite(AgentId id, SortedMap<String, DatasetConfig> datasets) {
        this(id, datasets, AgentConfig.DEFAULT_MAX_RANK);
    }

    public LocalSite withMaxRank(int rank) {
        return new LocalSite(id, datasets, rank);
    }
}
