package dev.tributary.agent.execute;

import dev.tributary.plan.Plan;

/** Asked before anything else is done with a plan. */
@FunctionalInterface
public interface PlanGate {

    PlanGate OPEN = plan -> {};

    /** @throws RefusedException if this site does not allow the plan */
    void check(Plan plan);
}
