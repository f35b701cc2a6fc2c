package dev.tributary.agent.execute;

import dev.tributary.plan.Progress;

/** Told what a plan's execution is doing, and able to stop it. */
@FunctionalInterface
public interface WorkMonitor {

    /**
     * @param total 0 = unknown
     * @throws dev.tributary.training.TrainingCancelledException if the work is to stop
     */
    void at(Progress.Phase phase, long done, long total);
}
