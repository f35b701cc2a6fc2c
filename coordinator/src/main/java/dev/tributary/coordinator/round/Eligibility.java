package dev.tributary.coordinator.round;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.Methods;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.Collection;
import java.util.List;

/** Which agents can take part in a job: the same model bytes, the dataset for the same task, a rank they accept. */
final class Eligibility {

    private Eligibility() {}

    static List<AgentProfile> eligible(JobState state, Collection<AgentProfile> agents) {
        boolean ranksMayDiffer = Methods.find(state.job().aggregation().method())
                .map(FederatedMethod::card)
                .map(card -> card.heterogeneousRanks())
                .orElse(false);
        return agents.stream()
                .filter(agent -> holds(agent, state.model()))
                .filter(agent -> offers(agent, state.job().task()))
                .filter(agent -> ranksMayDiffer
                        || agent.maxRank() >= state.job().adapter().rank())
                .sorted(java.util.Comparator.comparing(AgentProfile::id))
                .toList();
    }

    private static boolean holds(AgentProfile agent, ModelDescriptor model) {
        return agent.model(model.name())
                .filter(own -> own.weightsSha256().equals(model.weightsSha256())
                        && own.tokenizerSha256().equals(model.tokenizerSha256()))
                .isPresent();
    }

    private static boolean offers(AgentProfile agent, Job.Task task) {
        return agent.dataset(task.dataset())
                .map(DatasetDescriptor::task)
                .filter(task.type()::equals)
                .isPresent();
    }
}
