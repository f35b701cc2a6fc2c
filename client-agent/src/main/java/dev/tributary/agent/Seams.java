package dev.tributary.agent;

import dev.tributary.agent.execute.LocalDatasets;
import dev.tributary.agent.execute.Step;
import dev.tributary.agent.operation.OperationCatalogue;
import dev.tributary.protocol.crash.CrashPoint;
import java.time.Clock;
import java.util.Optional;

/**
 * What tests put in the place of the real thing.
 *
 * @param datasets instead of those of the configuration
 */
record Seams(Clock clock, Step.Hook steps, OperationCatalogue operations, Optional<LocalDatasets> datasets) {

    static final Seams NONE = new Seams(
            Clock.systemUTC(),
            step -> CrashPoint.AGENT_STEP.pass(step.name()),
            OperationCatalogue.standard(),
            Optional.empty());
}
