package dev.tributary.plan;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.BoundedPattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Checks the modules a job names against those that its base model has. */
final class ModuleCheck {

    private ModuleCheck() {}

    static List<Problem> check(JobDocument document, ModelDescriptor model) {
        List<Problem> problems = new ArrayList<>();
        AdapterConfig adapter = document.job().adapter();
        List<String> targets = adapter.targetModules();
        for (int i = 0; i < targets.size(); i++) {
            if (model.select(List.of(targets.get(i))).isEmpty()) {
                problems.add(document.problem(
                        "adapter.target-modules[" + i + "]",
                        "'" + targets.get(i) + "' selects no module of " + model.name(),
                        fix(targets.get(i), model.linearModules().keySet())));
            }
        }
        List<String> selected = model.select(targets);
        SortedSet<String> patterns = new TreeSet<>(adapter.rankPattern().keySet());
        patterns.addAll(adapter.alphaPattern().keySet());
        for (String module : patterns) {
            if (selected.stream().noneMatch(m -> fits(module, m))) {
                String field =
                        adapter.rankPattern().containsKey(module) ? "adapter.rank-pattern" : "adapter.alpha-pattern";
                problems.add(document.problem(
                        field + "." + module,
                        "fits none of the " + selected.size() + " adapted modules",
                        "Write the path of one or the end of it, such as "
                                + selected.stream().findFirst().orElse("encoder.layer.0.attention.self.query")));
            }
        }
        if (!problems.isEmpty()) {
            return problems;
        }
        selected.stream()
                .filter(m -> adapter.rankOf(m) > smallest(model, m))
                .findFirst()
                .ifPresent(m -> problems.add(document.problem(
                        adapter.rankOf(m) == adapter.rank() ? "adapter.rank" : "adapter.rank-pattern",
                        "is " + adapter.rankOf(m) + ", more than the smaller side of " + m + " (" + smallest(model, m)
                                + ")",
                        "Write at most " + smallest(model, m))));
        return problems;
    }

    /** PEFT's rule: the path, its end, or a regular expression for its end. */
    private static boolean fits(String pattern, String module) {
        return module.equals(pattern)
                || module.endsWith("." + pattern)
                || BoundedPattern.matches("(.*\\.)?(" + pattern + ")", module);
    }

    private static int smallest(ModelDescriptor model, String module) {
        ModelDescriptor.LinearShape shape = model.linearModules().get(module);
        return shape == null ? Integer.MAX_VALUE : Math.min(shape.out(), shape.in());
    }

    /** The last words of all module paths, which is what people write as targets. */
    private static String fix(String target, Collection<String> modules) {
        SortedSet<String> names = modules.stream()
                .map(m -> m.substring(m.lastIndexOf('.') + 1))
                .collect(Collectors.toCollection(TreeSet::new));
        return Suggestions.closest(target, names)
                        .map(n -> "Did you mean " + n + "? ")
                        .orElse("") + "Modules of this model end in: " + String.join(", ", names);
    }
}
