package dev.tributary.plan;

import dev.tributary.adapter.BoundedPattern;
import java.util.Collection;
import java.util.List;

/** PEFT's rule for {@code target_modules}. */
public final class TargetModules {

    private TargetModules() {}

    /** Those of {@code modules} that {@code targets} name: by whole path suffix, {@code all-linear}, or one regular expression. */
    public static List<String> select(List<String> targets, Collection<String> modules) {
        if (targets.size() == 1 && targets.get(0).equals("all-linear")) {
            return List.copyOf(modules);
        }
        List<String> byName = modules.stream()
                .filter(module -> targets.stream().anyMatch(t -> module.equals(t) || module.endsWith("." + t)))
                .toList();
        if (!byName.isEmpty() || targets.size() != 1) {
            return byName;
        }
        return modules.stream()
                .filter(m -> BoundedPattern.matches(targets.get(0), m))
                .toList();
    }
}
