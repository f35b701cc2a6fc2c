package dev.tributary.coordinator.page;

import dev.tributary.plan.JobKeys;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fields of the new-job form that the page does not lay out by hand: every other key a job may have, in groups. */
final class JobForm {

    /** These stand on the page itself; the page's test holds the two together. */
    static final Set<String> BY_HAND = Set.of(
            "name",
            "base-model",
            "task.type",
            "task.dataset",
            "task.labels",
            "adapter.target-modules",
            "adapter.rank",
            "adapter.alpha",
            "aggregation.method",
            "rounds",
            "training.epochs",
            "training.batch-size",
            "training.learning-rate",
            "cohort.quorum",
            "cohort.fraction",
            "cohort.deadline",
            "seed");

    private static final Map<String, String> GROUPS = new LinkedHashMap<>();

    static {
        GROUPS.put("Task and adapter", "task.|adapter.|upload.");
        GROUPS.put("Training at a site", "training.");
        GROUPS.put("Cohort and pace", "cohort.|mode|keep|early-stopping.");
        GROUPS.put("Privacy", "privacy.");
    }

    private JobForm() {}

    /** @param options to choose from; empty for free text */
    record Field(String key, String label, List<String> options, String fallback, String help, boolean list) {}

    record Group(String title, List<Field> fields) {}

    static List<Group> groups() {
        return GROUPS.entrySet().stream()
                .map(group -> new Group(
                        group.getKey(),
                        JobKeys.entries().stream()
                                .filter(key -> Arrays.stream(group.getValue().split("\\|"))
                                        .anyMatch(key.path()::startsWith))
                                .filter(key -> !BY_HAND.contains(key.path()))
                                .filter(key -> !isMap(key))
                                .map(JobForm::field)
                                .toList()))
                .toList();
    }

    /** Keys of one's own do not fit into a field: they are written in the document. */
    static boolean isMap(JobKeys.Entry key) {
        return key.type().startsWith("keys of your own");
    }

    private static Field field(JobKeys.Entry key) {
        String words = key.path().substring(key.path().lastIndexOf('.') + 1).replace('-', ' ');
        return new Field(
                key.path(),
                Character.toUpperCase(words.charAt(0)) + words.substring(1),
                options(key.type()),
                key.defaultValue(),
                key.type() + ": " + key.description(),
                key.type().startsWith("a list"));
    }

    private static List<String> options(String type) {
        if (type.equals("true or false")) {
            return List.of("true", "false");
        }
        return type.startsWith("one of ") ? List.of(type.substring(7).split(", ")) : List.of();
    }
}
