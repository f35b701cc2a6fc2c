package dev.tributary.agent.execute;

import dev.tributary.agent.operation.OperationCatalogue;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What this agent has to work with.
 *
 * @param models by the name that jobs use
 * @param maxRank largest adapter rank it accepts
 */
public record Site(
        SortedMap<String, LocalModel> models, LocalDatasets datasets, OperationCatalogue operations, int maxRank) {
    public Site {
        models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
    }
}
