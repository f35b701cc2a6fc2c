package dev.tributary.plan;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** PEFT's rule for {@code target_modules}. */
final class TargetModules {

    private TargetModules() {}

    static List<String> select(List<String> targets, Collection<String> modules) {
        if (targets.size() == 1 && targets.get(0).equals("all-linear")) {
            return List.copyOf(modules);
        }
        List<String> byName = modules.stream()
                .filter(module -> targets.stream().anyMatch(t -> module.equals(t) || module.endsWith("." + t)))
                .toList();
        if (!byName.isEmpty() || targets.size() != 1) {
            return byName;
        }
        try {
            Pattern whole = Pattern.compile(targets.get(0));
            return modules.stream().filter(m -> whole.matcher(m).matches()).toList();
        } catch (PatternSyntaxException e) {
            return List.of();
        }
    }
}
