package dev.tributary.plan;

import dev.tributary.adapter.AdapterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads job files, YAML or JSON, by the keys of {@link JobKeys}. What can be seen from the document alone is checked
 * here; what depends on the agents, by {@link JobCheck}; method and method options, by the coordinator.
 */
public final class JobParser {

    private final Map<String, Object> values;
    private final JobReader reader;

    private JobParser(JobReader reader) {
        this.reader = reader;
        this.values = reader.values();
    }

    /** @throws InvalidJobException with every problem of the document */
    public static Job parse(String yamlOrJson) {
        return document(yamlOrJson).job();
    }

    /** @throws InvalidJobException with every problem of the document */
    public static JobDocument document(String yamlOrJson) {
        JobReader reader = new JobReader(YamlText.read(yamlOrJson));
        JobParser parser = new JobParser(reader);
        List<Problem> problems = new ArrayList<>(reader.problems());
        problems.addAll(parser.contradictions());
        if (!problems.isEmpty()) {
            throw new InvalidJobException(problems);
        }
        return new JobDocument(parser.job(), reader.lines(), yamlOrJson);
    }

    /**
     * The document as far as it can be read, wrong values replaced by their defaults, so that further checks can add
     * their problems to those of {@link #document}; empty where a required key is missing or wrong.
     */
    public static Optional<JobDocument> draft(String yamlOrJson) {
        try {
            JobReader reader = new JobReader(YamlText.read(yamlOrJson));
            return Optional.of(new JobDocument(new JobParser(reader).job(), reader.lines(), yamlOrJson));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Problems between fields that are well-formed by themselves. */
    private List<Problem> contradictions() {
        List<Problem> problems = new ArrayList<>();
        labels(problems);
        targets(problems);
        patterns(problems);
        if (values.containsKey("training.momentum")
                && text("training.optimizer").equals("adamw")
                && real("training.momentum") > 0) {
            problems.add(at("training.momentum", "is not used by adamw", "Remove it, or set training.optimizer: sgd"));
        }
        if (reader.lines().containsKey("early-stopping") && !reader.lines().containsKey("early-stopping.patience")) {
            problems.add(at("early-stopping", "has no patience", "Add early-stopping: {patience: 3}, or remove it"));
        }
        lateness(problems);
        if (text("privacy.unit").equals("none")) {
            privacyTerms()
                    .keySet()
                    .forEach(key -> problems.add(at(
                            "privacy." + key,
                            "has no meaning with privacy.unit: none",
                            "Remove it, or write privacy.unit: example or client")));
        }
        return problems;
    }

    private void lateness(List<Problem> problems) {
        boolean async = text("mode").equals("async");
        boolean given = reader.lines().containsKey("cohort.buffer");
        if (async && !given) {
            problems.add(at("cohort.buffer", "is missing for mode: async", "Write how many updates make a round"));
        } else if (!async && given) {
            problems.add(at("cohort.buffer", "has no meaning with mode: sync", "Remove it, or write mode: async"));
        }
        if (async) {
            for (String key : List.of("fraction", "close-at-quorum", "over-selection", "adaptive-deadline", "late")) {
                if (reader.lines().containsKey("cohort." + key)) {
                    problems.add(at("cohort." + key, "has no meaning with mode: async", "Remove it"));
                }
            }
        } else if (text("cohort.late").equals("drop")) {
            for (String key : List.of("staleness-exponent", "max-staleness")) {
                if (reader.lines().containsKey("cohort." + key)) {
                    problems.add(at(
                            "cohort." + key, "has no meaning with late: drop", "Remove it, or write late: next-round"));
                }
            }
        }
    }

    private SortedMap<String, String> privacyTerms() {
        SortedMap<String, String> terms = new TreeMap<>();
        values.forEach((path, value) -> {
            if (path.startsWith("privacy.") && !path.equals("privacy.unit")) {
                terms.put(path.substring("privacy.".length()), String.valueOf(value));
            }
        });
        return terms;
    }

    private void labels(List<Problem> problems) {
        if (!values.containsKey("task.type")) {
            return;
        }
        boolean given = reader.lines().containsKey("task.labels");
        if (text("task.type").equals("causal-lm")) {
            if (given) {
                problems.add(at("task.labels", "has no meaning for causal-lm", "Remove it"));
            }
            return;
        }
        if (!given) {
            problems.add(at("task.labels", "is missing", "List the class names, such as [negative, positive]"));
        } else if (values.containsKey("task.labels")) {
            List<String> labels = texts("task.labels");
            if (labels.size() < 2) {
                problems.add(at("task.labels", "must name at least 2 classes, was " + labels, "List every class"));
            }
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < labels.size(); i++) {
                if (!seen.add(labels.get(i))) {
                    problems.add(at("task.labels[" + i + "]", "repeats '" + labels.get(i) + "'", "Remove it"));
                }
            }
        }
    }

    private void targets(List<Problem> problems) {
        List<String> targets = texts("adapter.target-modules");
        if (targets.isEmpty()) {
            problems.add(
                    at("adapter.target-modules", "is empty", "Name modules, such as [query, value], or all-linear"));
        } else if (targets.size() > 1 && targets.contains("all-linear")) {
            problems.add(at("adapter.target-modules", "has all-linear beside other names", "Write all-linear alone"));
        } else if (targets.size() == 1) {
            try {
                Pattern.compile(targets.get(0));
            } catch (PatternSyntaxException e) {
                problems.add(at(
                        "adapter.target-modules",
                        "'" + targets.get(0) + "' is neither a name nor a regular " + "expression: "
                                + e.getDescription(),
                        "Name modules, such as [query, value]"));
            }
        }
    }

    private void patterns(List<Problem> problems) {
        for (String section : List.of("adapter.rank-pattern", "adapter.alpha-pattern")) {
            for (String pattern : map(section).keySet()) {
                try {
                    Pattern.compile(pattern);
                } catch (PatternSyntaxException e) {
                    problems.add(at(
                            section + "." + pattern,
                            "is neither a module nor a regular expression: " + e.getDescription(),
                            "Write a module's path, or the end of it"));
                }
            }
        }
    }

    private Problem at(String field, String message, String fix) {
        return new Problem(field, JobDocument.line(reader.lines(), field), message, fix);
    }

    private Job job() {
        return new Job(
                text("name"),
                text("base-model"),
                new Job.Task(
                        text("task.type"),
                        texts("task.labels"),
                        text("task.dataset"),
                        whole("task.max-length"),
                        text("task.pooling")),
                adapter(),
                training(),
                new Job.Aggregation(text("aggregation.method"), reader.options()),
                whole("rounds"),
                text("keep"),
                new Job.CohortRules(
                        real("cohort.fraction"),
                        whole("cohort.quorum"),
                        (Duration) value("cohort.deadline"),
                        (Boolean) value("cohort.close-at-quorum"),
                        new Job.Pace(
                                real("cohort.over-selection"),
                                (Duration) value("cohort.minimum-wait"),
                                real("cohort.adaptive-deadline")),
                        late(),
                        AgentNeeds.of(text("cohort.device"), text("cohort.memory"))),
                new Job.Upload(text("upload.dtype")),
                new Job.Privacy(text("privacy.unit"), privacyTerms()),
                (Long) value("seed"),
                values.containsKey("adapter.start-from") ? text("adapter.start-from") : "",
                values.containsKey("early-stopping.patience") ? whole("early-stopping.patience") : 0);
    }

    private Job.Late late() {
        boolean async = text("mode").equals("async");
        if (!async && text("cohort.late").equals("drop")) {
            return Job.Late.DROPPED;
        }
        return new Job.Late(
                true,
                real("cohort.staleness-exponent"),
                whole("cohort.max-staleness"),
                async && values.containsKey("cohort.buffer") ? whole("cohort.buffer") : 0);
    }

    private AdapterConfig adapter() {
        int rank = whole("adapter.rank");
        SortedMap<String, Integer> ranks = new TreeMap<>();
        map("adapter.rank-pattern").forEach((k, v) -> ranks.put(k, Math.toIntExact((Long) v)));
        SortedMap<String, Double> alphas = new TreeMap<>();
        map("adapter.alpha-pattern").forEach((k, v) -> alphas.put(k, (Double) v));
        return new AdapterConfig(
                text("adapter.type"),
                rank,
                values.containsKey("adapter.alpha") ? real("adapter.alpha") : 2.0 * rank,
                texts("adapter.target-modules"),
                ranks,
                alphas,
                real("adapter.dropout"),
                texts("adapter.modules-to-save"),
                text("adapter.initialisation"));
    }

    private Job.Training training() {
        double rate = real("training.learning-rate");
        return new Job.Training(
                whole("training.epochs"),
                whole("training.max-steps"),
                whole("training.batch-size"),
                whole("training.gradient-accumulation"),
                rate,
                values.containsKey("training.head-learning-rate") ? real("training.head-learning-rate") : 5 * rate,
                text("training.optimizer"),
                real("training.weight-decay"),
                real("training.momentum"),
                real("training.gradient-clipping"),
                text("training.schedule"),
                real("training.warmup"),
                real("training.proximal-mu"),
                real("training.lora-plus-ratio"),
                (Boolean) value("training.gradient-checkpointing"),
                text("training.base-dtype"));
    }

    /** The value given, or the default. */
    private Object value(String path) {
        Object given = values.get(path);
        if (given != null) {
            return given;
        }
        JobKeys.Key key = JobKeys.find(path).orElseThrow(() -> new IllegalStateException("no key " + path));
        if (key.type() instanceof KeyType.ListOf list) {
            return key.fallback().isEmpty()
                    ? List.of()
                    : List.of(list.element().read(key.fallback()).orElseThrow());
        }
        if (key.type() instanceof KeyType.Scalar scalar) {
            return scalar.read(key.fallback()).orElseThrow(() -> new IllegalStateException("no default for " + path));
        }
        return new TreeMap<String, Object>();
    }

    private String text(String path) {
        return (String) value(path);
    }

    private int whole(String path) {
        return Math.toIntExact((Long) value(path));
    }

    private double real(String path) {
        return (Double) value(path);
    }

    private List<String> texts(String path) {
        return ((List<?>) value(path)).stream().map(String.class::cast).toList();
    }

    private Map<String, Object> map(String path) {
        Map<String, Object> map = new TreeMap<>();
        ((Map<?, ?>) value(path)).forEach((k, v) -> map.put((String) k, v));
        return map;
    }
}
