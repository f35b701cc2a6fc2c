package dev.tributary.coordinator.view;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.Methods;
import dev.tributary.coordinator.round.RoundEngine;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobCheck;
import dev.tributary.plan.JobDocument;
import dev.tributary.plan.JobParser;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Looks at a job document without starting it. */
@Service
public class PreviewService {

    private static final int KEPT = 50;

    private final RoundEngine engine;
    private final SubmissionCheck check;
    private final Map<List<Object>, Optional<PrivacyCost>> costs = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Object>, Optional<PrivacyCost>> eldest) {
            return size() > KEPT;
        }
    };

    public PreviewService(RoundEngine engine, SubmissionCheck check) {
        this.engine = engine;
        this.check = check;
    }

    /** Never throws for a document, however wrong. */
    public JobPreview preview(String document) {
        List<Problem> problems = new ArrayList<>();
        Optional<JobDocument> parsed;
        try {
            parsed = Optional.of(JobParser.document(document));
        } catch (InvalidJobException e) {
            problems.addAll(e.problems());
            parsed = JobParser.draft(document);
        }
        if (parsed.isEmpty()) {
            return new JobPreview(problems, "", fits(null, null), 0, 0, 0, 0, 0, 0, "none", null);
        }
        check.problems(parsed.get()).stream()
                .filter(p -> problems.stream().noneMatch(told -> told.field().equals(p.field())))
                .forEach(problems::add);
        Job job = parsed.get().job();
        List<AgentProfile> agents = List.copyOf(engine.federation().agents().values());
        ModelDescriptor model = SubmissionCheck.commonModel(job, agents).orElse(null);
        long adapterBytes = model == null ? 0 : adapterBytes(job, model);
        long headBytes = model == null ? 0 : headBytes(job, model);
        int cohort = job.cohort().cohortOf((int) agents.stream()
                .filter(agent -> agent.model(job.baseModel()).isPresent())
                .count());
        return new JobPreview(
                problems,
                job.aggregation().method(),
                fits(job, model),
                model == null ? 0 : model.select(job.adapter().targetModules()).size(),
                adapterBytes,
                headBytes,
                cohort,
                job.rounds(),
                cohort * (adapterBytes + headBytes),
                job.privacy().unit(),
                cost(job, JobCheck.eligible(job, agents)));
    }

    /** Looked up where it was computed before: most changes of a document touch nothing that it depends on. */
    private @Nullable PrivacyCost cost(Job job, List<AgentProfile> eligible) {
        List<Object> about =
                List.of(job.privacy(), job.training(), job.rounds(), job.task().dataset(), eligible);
        synchronized (costs) {
            Optional<PrivacyCost> known = costs.get(about);
            if (known == null) {
                known = PrivacyCost.of(job, eligible);
                costs.put(about, known);
            }
            return known.orElse(null);
        }
    }

    private static List<MethodFit> fits(@Nullable Job job, @Nullable ModelDescriptor model) {
        return Methods.names().stream()
                .flatMap(name -> Methods.find(name).stream())
                .map(method -> fit(method, job, model))
                .toList();
    }

    private static MethodFit fit(FederatedMethod method, @Nullable Job job, @Nullable ModelDescriptor model) {
        MethodCard card = method.card();
        List<Problem> problems = List.of();
        if (job != null && model != null) {
            Job tried = job.aggregation().method().equals(card.name()) ? job : job.withMethod(card.name());
            problems = method.check(tried, model);
        }
        return new MethodFit(
                card.name(), card.title(), card.paper(), card.exact(), card.bytesUp(), card.bytesDown(), problems);
    }

    private static int width(Job job) {
        return job.upload().dtype().equals("bf16") ? 2 : 4;
    }

    private static long adapterBytes(Job job, ModelDescriptor model) {
        return model.select(job.adapter().targetModules()).stream()
                .mapToLong(module -> {
                    ModelDescriptor.LinearShape shape = model.linearModules().get(module);
                    return shape == null
                            ? 0
                            : (long) job.adapter().rankOf(module) * (shape.in() + shape.out()) * width(job);
                })
                .sum();
    }

    private static long headBytes(Job job, ModelDescriptor model) {
        return (long) job.task().labels().size() * (model.hiddenSize() + 1) * width(job);
    }
}
