package dev.tributary.agent;

import dev.tributary.agent.execute.LocalDatasets;
import dev.tributary.agent.execute.Step;
import dev.tributary.agent.operation.OperationCatalogue;
import dev.tributary.protocol.crash.CrashPoint;
import dev.tributary.protocol.trace.Tracing;
import java.time.Clock;
import java.util.Optional;

/**
 * What tests put in the place of the real thing.
 *
 * @param datasets instead of those of the configuration
 */
record Seams(
        Clock clock,
        Step.Hook steps,
        OperationCatalogue operations,
        Optional<LocalDatasets> datasets,
        Tracing tracing) {

    Seams(Clock clock, Step.Hook steps, OperationCatalogue operations, Optional<LocalDatasets> datasets) {
        this(clock, steps, operations, datasets, Tracing.OFF);
    }

    /** Nothing but the real thing. */
    static Seams none(Tracing tracing) {
        return new Seams(
                Clock.systemUTC(),
                step -> CrashPoint.AGENT_STEP.pass(step.name()),
                OperationCatalogue.standard(),
                Optional.empty(),
                tracing);
    }
}
