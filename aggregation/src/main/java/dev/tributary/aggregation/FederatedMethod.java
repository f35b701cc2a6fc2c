package dev.tributary.aggregation;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Problem;
import java.util.List;
import java.util.SortedMap;

/**
 * A federated method: a server rule and the plans it hands to agents. A method is stateless; everything it remembers is
 * in the {@link GlobalState}. Its kind says what it may see: a {@link SumMethod} only sums over the cohort (so it works
 * under secure aggregation and central differential privacy), an {@link UpdateMethod} each update by itself.
 *
 * <p>A new method is one class in {@code aggregation.method}, one line in {@code META-INF/services} and one test that
 * extends the shared contract. No other module knows its name.
 */
public sealed interface FederatedMethod permits SumMethod, UpdateMethod {

    /** Name, paper, equation and everything a reader or the compatibility check needs to know. */
    MethodCard card();

    /** What stands against running {@code job} on {@code model} with this method; empty if nothing does. */
    List<Problem> check(Job job, ModelDescriptor model);

    /** Writes the state before round 1: the initial adapter and head. Equal job, model and seed give equal bytes. */
    void initial(Job job, ModelDescriptor model, NextState next);

    /** What each member of the cohort is to receive, train, send and keep in the coming round. */
    SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort);
}
