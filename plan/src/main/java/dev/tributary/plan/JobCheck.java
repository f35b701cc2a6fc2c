package dev.tributary.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Checks a job against the agents that are to run it: models, datasets, modules, numbers. Pure; safe to call at any time. */
public final class JobCheck {

    private final JobDocument document;
    private final Job job;
    private final List<AgentProfile> agents;
    private final List<Problem> problems = new ArrayList<>();

    private JobCheck(JobDocument document, Collection<AgentProfile> agents) {
        this.document = document;
        this.job = document.job();
        this.agents =
                agents.stream().sorted(Comparator.comparing(AgentProfile::id)).toList();
    }

    /**
     * @param ranksMayDiffer the method lets an agent train with a smaller rank than the job's
     * @return every problem found, empty if the job can start
     */
    public static List<Problem> check(JobDocument document, Collection<AgentProfile> agents, boolean ranksMayDiffer) {
        JobCheck check = new JobCheck(document, agents);
        check.run(ranksMayDiffer);
        return List.copyOf(check.problems);
    }

    /** The agents that hold the job's base model, declare its dataset and have what else it asks for. */
    public static List<AgentProfile> eligible(Job job, Collection<AgentProfile> agents) {
        return holders(job, agents).stream()
                .filter(a -> job.cohort().needs().lack(a).isEmpty())
                .toList();
    }

    private static List<AgentProfile> holders(Job job, Collection<AgentProfile> agents) {
        return agents.stream()
                .filter(a -> a.model(job.baseModel()).isPresent())
                .filter(a -> a.dataset(job.task().dataset()).isPresent())
                .toList();
    }

    private void run(boolean ranksMayDiffer) {
        if (agents.isEmpty()) {
            problem("cohort", "no agent is registered", "Start at least one agent, then submit again");
            return;
        }
        boolean modelKnown = known(
                "base-model",
                job.baseModel(),
                "base model",
                names(a -> a.models().stream().map(ModelDescriptor::name).toList()));
        boolean datasetKnown = known(
                "task.dataset",
                job.task().dataset(),
                "dataset",
                names(a -> a.datasets().stream().map(DatasetDescriptor::name).toList()));
        if (modelKnown) {
            model();
        }
        if (datasetKnown) {
            eligible(job, agents).forEach(a -> a.dataset(job.task().dataset()).ifPresent(d -> dataset(a, d)));
        }
        if (modelKnown && datasetKnown) {
            cohort();
        }
        if (!ranksMayDiffer) {
            eligible(job, agents).stream()
                    .filter(a -> a.maxRank() < job.adapter().rank())
                    .forEach(this::rank);
        }
    }

    private boolean known(String field, String name, String what, SortedSet<String> names) {
        if (names.contains(name)) {
            return true;
        }
        String fix = names.isEmpty()
                ? "No agent declares a " + what + "; configure one there"
                : Suggestions.closest(name, names)
                                .map(n -> "Did you mean " + n + "? ")
                                .orElse("") + "Known: " + String.join(", ", names);
        problem(field, "no agent has the " + what + " '" + name + "'", fix);
        return false;
    }

    private SortedSet<String> names(Function<AgentProfile, List<String>> of) {
        return agents.stream().flatMap(a -> of.apply(a).stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    private void model() {
        same("weights", ModelDescriptor::weightsSha256);
        same("tokenizer", ModelDescriptor::tokenizerSha256);
        ModelDescriptor model = agents.stream()
                .flatMap(a -> a.model(job.baseModel()).stream())
                .findFirst()
                .orElseThrow();
        if (job.task().maxLength() > model.maxPositions()) {
            problem(
                    "task.max-length",
                    "is " + job.task().maxLength() + ", the model " + model.name() + " has " + model.maxPositions()
                            + " positions",
                    "Write at most " + model.maxPositions());
        }
        problems.addAll(ModuleCheck.check(document, model));
    }

    /** All agents must hold the same bytes. */
    private void same(String what, Function<ModelDescriptor, String> sha256) {
        var byHash = agents.stream()
                .filter(a -> a.model(job.baseModel()).isPresent())
                .collect(Collectors.groupingBy(
                        a -> sha256.apply(a.model(job.baseModel()).orElseThrow()),
                        java.util.TreeMap::new,
                        Collectors.mapping(a -> a.id().value(), Collectors.joining(", "))));
        if (byHash.size() > 1) {
            String holders = byHash.entrySet().stream()
                    .map(e -> e.getValue() + ": sha256 "
                            + e.getKey().substring(0, Math.min(12, e.getKey().length())))
                    .collect(Collectors.joining("; "));
            problem(
                    "base-model",
                    "agents hold different " + what + " under the name " + job.baseModel() + " (" + holders + ")",
                    "Give every agent the same files, or different names to different models");
        }
    }

    private void dataset(AgentProfile agent, DatasetDescriptor dataset) {
        String of = "the dataset " + dataset.name() + " of agent " + agent.id();
        if (!dataset.task().equals(job.task().type())) {
            problem(
                    "task.type",
                    "is " + job.task().type() + ", " + of + " is for " + dataset.task(),
                    "Choose a dataset for " + job.task().type() + ", or the other task type");
        } else if (job.task().isClassification() && dataset.labels() == 0) {
            problem("task.dataset", of + " has no labels", "Name its column of labels at that agent");
        } else if (job.task().isClassification()
                && dataset.labels() > job.task().labels().size()) { // fewer are usual: a site need not see all classes
            problem(
                    "task.labels",
                    "names " + job.task().labels().size() + " classes, " + of + " has " + dataset.labels(),
                    "List all classes that any dataset has");
        }
        if (dataset.trainExamples() == 0) {
            problem("task.dataset", of + " has no training examples", "Correct the dataset at that agent");
        }
    }

    private void cohort() {
        List<AgentProfile> holders = holders(job, agents);
        if (holders.isEmpty()) {
            problem(
                    "task.dataset",
                    "no agent has both the base model " + job.baseModel() + " and the dataset "
                            + job.task().dataset(),
                    "Configure both at the agents that are to take part");
            return;
        }
        int eligible = eligible(job, agents).size();
        if (eligible == 0) {
            problem("cohort", "asks for what no agent has: " + lacks(holders), "Ask for less, or start such agents");
            return;
        }
        int buffer = job.cohort().late().buffer();
        if (buffer > eligible) {
            problem(
                    "cohort.buffer",
                    "is " + buffer + ", but there are " + eligible + " eligible agents, and each counts at most once",
                    "Write at most " + eligible + ", or start more agents");
        }
        int cohort = job.cohort().cohortOf(eligible);
        if (job.cohort().quorum() > cohort) {
            problem(
                    "cohort.quorum",
                    "is " + job.cohort().quorum() + ", but a round has " + cohort + " of " + eligible
                            + " eligible agents",
                    "Write at most " + cohort + ", or start more agents");
        }
    }

    private String lacks(List<AgentProfile> holders) {
        AgentNeeds needs = job.cohort().needs();
        return holders.stream()
                .map(a -> a.id() + " " + needs.lack(a).orElseThrow())
                .limit(5)
                .collect(Collectors.joining(", ", needs.wording().substring(2) + "; ", ""));
    }

    private void rank(AgentProfile agent) {
        problem(
                "adapter.rank",
                "is " + job.adapter().rank() + ", agent " + agent.id() + " accepts at most " + agent.maxRank(),
                "Lower the rank, or choose a method that lets ranks differ");
    }

    private void problem(String field, String message, String fix) {
        problems.add(document.problem(field, message, fix));
    }
}
