package dev.tributary.cli.local;

import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.plan.AgentId;
import java.util.SortedMap;

/** One agent of a local federation, the data that it alone sees, and its machine. */
public record LocalSite(AgentId id, SortedMap<String, DatasetConfig> datasets, DeviceProfile device) {

    public LocalSite(AgentId id, SortedMap<String, DatasetConfig> datasets) {
        this(id, datasets, DeviceProfile.UNLIMITED);
    }

    public LocalSite withMaxRank(int rank) {
        return new LocalSite(id, datasets, device.withMaxRank(rank));
    }

    public LocalSite on(DeviceProfile other) {
        return new LocalSite(id, datasets, other);
    }
}
