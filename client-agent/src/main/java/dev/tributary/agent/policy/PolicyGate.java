package dev.tributary.agent.policy;

import dev.tributary.agent.execute.PlanGate;
import dev.tributary.agent.execute.RefusedException;
import dev.tributary.plan.Plan;
import java.util.List;
import java.util.function.ToLongFunction;

/** Refuses what the site's policy does not allow, and what its data steward has not approved where that is asked for. */
public final class PolicyGate implements PlanGate {

    private final SitePolicy policy;
    private final Approvals approvals;
    private final ToLongFunction<Plan> examples;

    /** @param examples to train on, of a plan's dataset; negative if that is not known */
    public PolicyGate(SitePolicy policy, Approvals approvals, ToLongFunction<Plan> examples) {
        this.policy = policy;
        this.approvals = approvals;
        this.examples = examples;
    }

    @Override
    public void check(Plan plan) {
        List<String> violations = policy.violations(plan, examples.applyAsLong(plan));
        if (!violations.isEmpty()) {
            throw new RefusedException(
                    "policy", "this site's policy does not allow it: " + String.join("; ", violations));
        }
        if (!policy.approval()) {
            return;
        }
        JobTerms terms = JobTerms.of(plan);
        if (approvals.isApproved(terms)) {
            return;
        }
        if (plan instanceof Plan.Train) {
            approvals.ask(terms);
            throw new RefusedException(
                    "policy",
                    "job " + plan.header().job() + " (hash " + terms.hash()
                            + ") waits for approval by this site's data steward");
        }
        throw new RefusedException(
                "policy", "job " + plan.header().job() + " is not approved by this site's data steward");
    }
}
