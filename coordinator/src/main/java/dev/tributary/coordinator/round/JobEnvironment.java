package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Step;
import dev.tributary.plan.AgentProfile;
import java.util.Collection;

/** What a running job finds around it. */
interface JobEnvironment {

    RoundRules rules();

    LogWriter log();

    Leases leases();

    PlanFactory plans();

    UpdateInspector inspector();

    Collection<AgentProfile> agents();

    /** Starts a step on a worker thread; its result comes back to the job as a command. */
    void work(JobState state, Step step);
}
