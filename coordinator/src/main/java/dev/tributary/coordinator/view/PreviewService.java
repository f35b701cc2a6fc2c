package dev.tributary.coordinator.view;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.Methods;
import dev.tributary.coordinator.round.CohortSampler;
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

    private static final int KEPT = 100;

    private final RoundEngine engine;
    private final SubmissionCheck check;
    private final Map<List<Object>, Optional<PrivacyCost>> costs = newest();
    private final Map<List<Object>, JobTraffic> traffics = newest();

    public PreviewService(RoundEngine engine, SubmissionCheck check) {
        this.engine = engine;
        this.check = check;
    }

    private static <V> Map<List<Object>, V> newest() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<List<Object>, V> eldest) {
                return size() > KEPT;
            }
        };
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
            return new JobPreview(problems, "", fits(null, null, List.of()), 0, 0, 0, null, "none", null);
        }
        boolean readable = problems.isEmpty();
        check.problems(parsed.get()).stream()
                .filter(p -> problems.stream().noneMatch(told -> told.field().equals(p.field())))
                .forEach(problems::add);
        Job job = parsed.get().job();
        List<AgentProfile> agents = List.copyOf(engine.federation().agents().values());
        ModelDescriptor model = SubmissionCheck.commonModel(job, agents).orElse(null);
        List<AgentProfile> eligible = JobCheck.eligible(job, agents);
        List<MethodFit> fits = fits(job, model, readable ? eligible : List.of());
        return new JobPreview(
                problems,
                job.aggregation().method(),
                fits,
                model == null ? 0 : model.select(job.adapter().targetModules()).size(),
                CohortSampler.updates(job, eligible.size()),
                job.rounds(),
                fits.stream()
                        .filter(fit -> fit.name().equals(job.aggregation().method()))
                        .findFirst()
                        .map(MethodFit::traffic)
                        .orElse(null),
                job.privacy().unit(),
                cost(job, eligible));
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

    private @Nullable JobTraffic traffic(
            FederatedMethod method, Job job, ModelDescriptor model, List<AgentProfile> eligible) {
        if (eligible.isEmpty()) {
            return null;
        }
        List<Object> about = List.of(
                job.adapter(),
                job.aggregation(),
                job.task(),
                job.upload(),
                job.rounds(),
                job.cohort(),
                job.training(),
                job.startFrom(),
                job.seed(),
                model,
                eligible);
        synchronized (traffics) {
            JobTraffic known = traffics.get(about);
            if (known == null) {
                int updates = CohortSampler.updates(job, eligible.size());
                known = JobTraffic.of(method, method.configured(job, model), model, eligible, updates);
                traffics.put(about, known);
            }
            return known;
        }
    }

    private List<MethodFit> fits(@Nullable Job job, @Nullable ModelDescriptor model, List<AgentProfile> eligible) {
        return Methods.names().stream()
                .flatMap(name -> Methods.find(name).stream())
                .map(method -> fit(method, job, model, eligible))
                .toList();
    }

    private MethodFit fit(
            FederatedMethod method, @Nullable Job job, @Nullable ModelDescriptor model, List<AgentProfile> eligible) {
        MethodCard card = method.card();
        List<Problem> problems = List.of();
        JobTraffic traffic = null;
        if (job != null && model != null) {
            Job tried = job.aggregation().method().equals(card.name()) ? job : job.withMethod(card.name());
            problems = method.check(tried, model);
            traffic = problems.isEmpty() ? traffic(method, tried, model, eligible) : null;
        }
        return new MethodFit(
                card.name(),
                card.title(),
                card.paper(),
                card.exact(),
                card.bytesUp(),
                card.bytesDown(),
                traffic,
                problems);
    }
}
