package dev.tributary.coordinator.round;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.Methods;
import dev.tributary.aggregation.PublicStep;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which agents can take part in a job: the same model bytes, the datasets for the same task, a rank they accept, the
 * device and memory that it asks for.
 */
final class Eligibility {

    private Eligibility() {}

    static List<AgentProfile> eligible(JobState state, Collection<AgentProfile> agents) {
        boolean ranksMayDiffer = Methods.find(state.job().aggregation().method())
                .map(FederatedMethod::card)
                .map(card -> card.heterogeneousRanks())
                .orElse(false);
        List<Job.Task> tasks =
                datasets(state).stream().map(state.job().task()::on).toList();
        return agents.stream()
                .filter(agent -> holds(agent, state.model()))
                .filter(agent -> tasks.stream().allMatch(task -> offers(agent, task)))
                .filter(agent -> ranksMayDiffer
                        || agent.maxRank() >= state.job().adapter().rank())
                .filter(agent -> state.job().cohort().needs().lack(agent).isEmpty())
                .sorted(java.util.Comparator.comparing(AgentProfile::id))
                .toList();
    }

    /** What an agent must declare: the job's dataset, and a public one where the method begins with a step on it. */
    static List<String> datasets(JobState state) {
        Optional<String> open = Methods.find(state.job().aggregation().method())
                .flatMap(method -> method.publicStep(state.job()))
                .map(PublicStep::dataset);
        return Stream.concat(Stream.of(state.job().task().dataset()), open.stream())
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
