package dev.tributary.coordinator.view;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.Methods;
import dev.tributary.coordinator.round.RoundEngine;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobCheck;
import dev.tributary.plan.JobDocument;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** Everything that can be known before a job starts: the document, the agents, the method; all problems at once. */
@Component
public class SubmissionCheck {

    private final RoundEngine engine;

    public SubmissionCheck(RoundEngine engine) {
        this.engine = engine;
    }

    /** @param model what the most agents hold under the job's base model name */
    record Checked(ModelDescriptor model) {}

    /** @throws InvalidJobException with every problem found */
    Checked check(JobDocument document) {
        List<Problem> problems = problems(document);
        if (!problems.isEmpty()) {
            throw new InvalidJobException(problems);
        }
        List<AgentProfile> agents = List.copyOf(engine.federation().agents().values());
        return new Checked(commonModel(document.job(), agents).orElseThrow());
    }

    /** A checked job as it runs. */
    Job configured(Job job, ModelDescriptor model) {
        return Methods.find(job.aggregation().method()).orElseThrow().configured(job, model);
    }

    List<Problem> problems(JobDocument document) {
        Job job = document.job();
        List<AgentProfile> agents = List.copyOf(engine.federation().agents().values());
        Optional<FederatedMethod> method = Methods.find(job.aggregation().method());
        boolean ranksMayDiffer = method.isPresent() && method.get().ranksMayDiffer(job);
        List<Problem> problems = new ArrayList<>(JobCheck.check(document, agents, ranksMayDiffer));
        problems.addAll(PrivacyCheck.problems(document, JobCheck.eligible(job, agents)));
        Optional<ModelDescriptor> model = commonModel(job, agents);
        if (method.isEmpty()) {
            problems.add(document.problem(
                    "aggregation.method",
                    "there is no method '" + job.aggregation().method() + "'",
                    "Use one of " + String.join(", ", Methods.names())));
        }
        if (method.isPresent() && model.isPresent()) {
            for (Problem problem : method.get().check(job, model.get())) {
                problems.add(
                        problem.line() > 0
                                ? problem
                                : document.problem(problem.field(), problem.message(), problem.fix()));
            }
        }
        engine.startAdapters()
                .problem(job)
                .ifPresent(text -> problems.add(document.problem(
                        "adapter.start-from",
                        text,
                        "Copy the PEFT directory below "
                                + engine.startAdapters().root() + " and name it there")));
        if (model.isEmpty() && problems.isEmpty()) {
            problems.add(document.problem(
                    "base-model",
                    "no registered agent holds a model named '" + job.baseModel() + "'",
                    "Start agents that hold it, or name a model they have"));
        }
        return problems;
    }

    /** Of the models of that name, told apart by weights and tokenizer, the one most agents hold. */
    static Optional<ModelDescriptor> commonModel(Job job, List<AgentProfile> agents) {
        Map<String, List<ModelDescriptor>> byContent = new TreeMap<>();
        for (AgentProfile agent : agents) {
            agent.model(job.baseModel())
                    .ifPresent(model -> byContent
                            .computeIfAbsent(model.weightsSha256() + model.tokenizerSha256(), key -> new ArrayList<>())
                            .add(model));
        }
        return byContent.values().stream()
                .max(Comparator.comparingInt(List::size))
                .map(models -> models.get(0));
    }
}
