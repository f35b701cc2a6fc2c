package dev.tributary.cli.local;

import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.plan.AgentId;
import java.util.SortedMap;

/** One agent of a local federation and the data that it alone sees. */
public record LocalSite(AgentId id, SortedMap<String, DatasetConfig> datasets) {}
