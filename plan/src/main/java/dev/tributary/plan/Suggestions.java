package dev.tributary.plan;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds what a writer probably meant. */
public final class Suggestions {

    /** Words of other tools for our keys. */
    private static final Map<String, String> OTHER_WORDS = Map.ofEntries(
            Map.entry("model", "base-model"),
            Map.entry("base-model-name-or-path", "base-model"),
            Map.entry("lr", "training.learning-rate"),
            Map.entry("r", "adapter.rank"),
            Map.entry("lora-alpha", "adapter.alpha"),
            Map.entry("lora-dropout", "adapter.dropout"),
            Map.entry("num-rounds", "rounds"),
            Map.entry("local-epochs", "training.epochs"),
            Map.entry("num-train-epochs", "training.epochs"),
            Map.entry("max-seq-length", "task.max-length"),
            Map.entry("strategy", "aggregation.method"),
            Map.entry("min-clients", "cohort.quorum"),
            Map.entry("timeout", "cohort.deadline"));

    private Suggestions() {}

    /** The key meant by the unknown {@code name} in {@code section}: a neighbour, another tool's word, or a key elsewhere. */
    static Optional<String> key(String section, String name) {
        String kebab = kebab(name);
        String prefix = section.isEmpty() ? "" : section + ".";
        Optional<String> neighbour = closest(kebab, JobKeys.names(section)).map(n -> prefix + n);
        if (neighbour.isPresent()) {
            return neighbour;
        }
        if (OTHER_WORDS.containsKey(kebab)) {
            return Optional.of(OTHER_WORDS.get(kebab));
        }
        List<String> elsewhere =
                JobKeys.ALL.stream().map(JobKeys.Key::name).distinct().toList();
        return closest(kebab, elsewhere)
                .flatMap(n -> JobKeys.ALL.stream()
                        .filter(k -> k.name().equals(n))
                        .map(JobKeys.Key::path)
                        .findFirst());
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
    }

    /** The candidate that differs from {@code text} by at most a third of its letters. */
    public static Optional<String> closest(String text, Collection<String> candidates) {
        if (text.length() > 60) {
            return Optional.empty();
        }
        return candidates.stream()
                .filter(c -> distance(text, c) <= Math.max(1, Math.min(text.length(), c.length()) / 3))
                .min(Comparator.comparingInt(c -> distance(text, c)));
    }

    /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + replace);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
