package dev.tributary.coordinator.view;

import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobDocument;
import dev.tributary.plan.Problem;
import dev.tributary.privacy.dp.ClientRelease;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.dp.PrivacyTermsReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a job's privacy terms hold together, with its training and with the sites' data. */
final class PrivacyCheck {
    private static final Set<String> ADAPTERS =
            Set.of("lora", "rslora", "lora-fa", "pissa", "olora", "lora-xs", "lora-sb");

    private final JobDocument document;
    private final List<Problem> problems = new ArrayList<>();

    private PrivacyCheck(JobDocument document) {
        this.document = document;
    }

    /** @param agents those that hold the job's model and dataset */
    static List<Problem> problems(JobDocument document, Collection<AgentProfile> agents) {
        PrivacyCheck check = new PrivacyCheck(document);
        if (document.job().privacy().isOn()) {
            check.run(agents);
        }
        return check.problems;
    }

    private void run(Collection<AgentProfile> agents) {
        PrivacyTerms terms;
        try {
            terms = PrivacyTermsReader.read(document.job().privacy());
        } catch (InvalidJobException e) {
            e.problems().forEach(this::add);
            return;
        }
        boolean clients = terms.unit() == PrivacyTerms.Unit.CLIENT;
        Map<String, Problem> found = new LinkedHashMap<>();
        for (long units : clients ? List.of(Math.max(1L, agents.size())) : units(agents)) {
            terms.problems(units).forEach(problem -> found.putIfAbsent(problem.field() + problem.fix(), problem));
        }
        found.values().forEach(this::add);
        if (terms.weights() == PrivacyTerms.Weights.BOUNDED) {
            add("privacy.weights", "bounded is not carried out by this version", "Write weights: uniform");
        }
        if (clients) {
            clients(terms, agents.size());
        } else {
            training(document.job());
        }
    }

    private void clients(PrivacyTerms terms, int clients) {
        if (terms.trust() == PrivacyTerms.Trust.LOCAL) {
            add(
                    "privacy.trust",
                    "local is not carried out for whole clients by this version",
                    "Write trust: central, or unit: example with trust: local");
        }
        if (!(terms.sampling() instanceof PrivacyTerms.Full)) {
            add(
                    "privacy.sampling",
                    "sampling of clients is not carried out by this version",
                    "Write sampling: full, which holds whoever takes part");
        }
        if (terms.clip() instanceof PrivacyTerms.MedianClip && problems.isEmpty()) {
            try {
                ClientRelease.plan(terms, document.job().rounds(), clients).vectorMultiplier(Math.max(1, clients));
            } catch (IllegalArgumentException e) {
                add(
                        "privacy.clipping",
                        clients + " clients are too few to follow their norms privately: " + e.getMessage(),
                        "Write clipping: fixed");
            }
        }
    }

    /** Sizes of the sites' data, as far as they are told; every agent checks its own again. */
    private List<Long> units(Collection<AgentProfile> agents) {
        List<Long> told = agents.stream()
                .flatMap(agent -> agent.dataset(document.job().task().dataset()).stream())
                .map(dataset -> dataset.trainExamples())
                .filter(examples -> examples > 0)
                .distinct()
                .sorted()
                .toList();
        return told.isEmpty() ? List.of(1L) : told;
    }

    private void training(Job job) {
        if (!ADAPTERS.contains(job.adapter().type())) {
            add(
                    "adapter.type",
                    job.adapter().type() + " has no gradients of single examples that can be clipped",
                    "Use one of " + ADAPTERS.stream().sorted().toList());
        }
        if (job.adapter().dropout() != 0) {
            add("adapter.dropout", "must be 0 with privacy.unit: example", "Remove it");
        }
        if (job.training().gradientClipping() != 0) {
            add(
                    "training.gradient-clipping",
                    "has no meaning with privacy.unit: example, where privacy.clip bounds every example's gradient",
                    "Remove it");
        }
        if (job.training().proximalMu() != 0) {
            add("training.proximal-mu", "is not carried out with privacy.unit: example", "Remove it");
        }
        if (job.training().gradientAccumulation() != 1) {
            add(
                    "training.gradient-accumulation",
                    "has no meaning with privacy.unit: example, where a step is one sample",
                    "Remove it; privacy.sampling-rate says how large steps are");
        }
    }

    private void add(Problem problem) {
        add(problem.field(), problem.message(), problem.fix());
    }

    private void add(String field, String message, String fix) {
        problems.add(document.problem(field, message, fix));
    }
}
