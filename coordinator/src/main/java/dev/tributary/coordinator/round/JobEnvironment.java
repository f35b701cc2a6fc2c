package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Step;
import dev.tributary.plan.AgentProfile;
import dev.tributary.protocol.BlobLocation;
import java.util.Collection;
import java.util.List;

/** What a running job finds around it. */
interface JobEnvironment {

    RoundRules rules();

    LogWriter log();

    Leases leases();

    Obstacles obstacles();

    PlanFactory plans();

    UpdateInspector inspector();

    Collection<AgentProfile> agents();

    Retention retention();

    /** All jobs as they stand. */
    Collection<JobState> jobs();

    /** Lets the wire go of all that was handled, and of published blobs other than these. */
    void discard(List<BlobLocation> live);

    /** Starts a step on a worker thread; its result comes back to the job as a command. */
    void work(JobState state, Step step);
}
