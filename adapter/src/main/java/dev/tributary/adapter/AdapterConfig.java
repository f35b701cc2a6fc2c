package dev.tributary.adapter;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Configuration of an adapter, in PEFT's terms (fields of {@code adapter_config.json}).
 *
 * @param type adapter type as in job files: {@code lora, rslora, dora, vera, lora-xs, ...}
 * @param rank default rank r of every target module, ≥ 1
 * @param alpha default alpha; the delta of a module is scaling · B · A
 * @param targetModules names (matched as whole path suffix), a single regular expression, or {@code all-linear}
 * @param rankPattern rank where it differs from {@code rank}, by module path or by a regular expression of its end
 * @param alphaPattern alpha where it differs from {@code alpha}, likewise
 * @param dropout LoRA dropout while training, in [0, 1)
 * @param modulesToSave modules trained in full and stored beside the adapter (heads)
 * @param initialisation {@code kaiming} (PEFT's default), {@code orthogonal, pissa, olora, ...}
 */
public record AdapterConfig(
        String type,
        int rank,
        double alpha,
        List<String> targetModules,
        SortedMap<String, Integer> rankPattern,
        SortedMap<String, Double> alphaPattern,
        double dropout,
        List<String> modulesToSave,
        String initialisation) {

    public AdapterConfig {
        if (rank < 1) {
            throw new IllegalArgumentException("rank must be ≥ 1, was " + rank);
        }
        if (!(alpha > 0)) {
            throw new IllegalArgumentException("alpha must be > 0, was " + alpha);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout must be in [0, 1), was " + dropout);
        }
        for (Map.Entry<String, Integer> entry : rankPattern.entrySet()) {
            if (entry.getValue() < 1) {
                throw new IllegalArgumentException(
                        "rank of " + entry.getKey() + " must be ≥ 1, was " + entry.getValue());
            }
        }
        for (Map.Entry<String, Double> entry : alphaPattern.entrySet()) {
            if (!(entry.getValue() > 0)) {
                throw new IllegalArgumentException(
                        "alpha of " + entry.getKey() + " must be > 0, was " + entry.getValue());
            }
        }
        targetModules = List.copyOf(targetModules);
        rankPattern = Collections.unmodifiableSortedMap(new TreeMap<>(rankPattern));
        alphaPattern = Collections.unmodifiableSortedMap(new TreeMap<>(alphaPattern));
        modulesToSave = List.copyOf(modulesToSave);
        rankPattern.keySet().forEach(AdapterConfig::checkPattern);
        alphaPattern.keySet().forEach(AdapterConfig::checkPattern);
    }

    private static void checkPattern(String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + pattern + "' is not a regular expression: " + e.getDescription(), e);
        }
    }

    /** Plain LoRA on the named modules. */
    public static AdapterConfig lora(int rank, double alpha, List<String> targetModules) {
        return new AdapterConfig(
                "lora", rank, alpha, targetModules, new TreeMap<>(), new TreeMap<>(), 0, List.of(), "kaiming");
    }

    /** Rank of a module. Patterns match as in PEFT: the whole path, or a regular expression for the end of it. */
    public int rankOf(String module) {
        return of(rankPattern, module, rank);
    }

    /** alpha/r, or alpha/√r for rsLoRA (Kalajdzievski 2023). */
    public double scalingOf(String module) {
        int r = rankOf(module);
        return type.equals("rslora") ? alphaOf(module) / Math.sqrt(r) : alphaOf(module) / r;
    }

    public double alphaOf(String module) {
        return of(alphaPattern, module, alpha);
    }

    private static <T> T of(SortedMap<String, T> patterns, String module, T otherwise) {
        if (patterns.isEmpty()) {
            return otherwise;
        }
        T exact = patterns.get(module);
        if (exact != null) {
            return exact;
        }
        for (Map.Entry<String, T> entry : patterns.entrySet()) {
            if (module.endsWith("." + entry.getKey())
                    || BoundedPattern.matches("(.*\\.)?(" + entry.getKey() + ")", module)) {
                return entry.getValue();
            }
        }
        return otherwise;
    }

    /** This adapter with one rank for every module. */
    public AdapterConfig withRank(int newRank) {
        return new AdapterConfig(
                type,
                newRank,
                alpha,
                targetModules,
                new TreeMap<>(),
                alphaPattern,
                dropout,
                modulesToSave,
                initialisation);
    }

    /** This adapter as plain LoRA of the given ranks, with the given scaling of each module. */
    public AdapterConfig reshaped(SortedMap<String, Integer> ranks, Function<String, Double> scaling) {
        if (ranks.isEmpty()) {
            throw new IllegalArgumentException("no modules");
        }
        SortedMap<String, Double> alphas = new TreeMap<>();
        ranks.forEach((module, r) -> alphas.put(module, scaling.apply(module) * r));
        int common = ranks.values().iterator().next();
        double commonAlpha = alphas.values().iterator().next();
        SortedMap<String, Integer> otherRanks = new TreeMap<>(ranks);
        otherRanks.values().removeIf(r -> r == common);
        SortedMap<String, Double> otherAlphas = new TreeMap<>(alphas);
        otherAlphas.values().removeIf(a -> a == commonAlpha);
        return new AdapterConfig(
                type.equals("rslora") ? "lora" : type,
                common,
                commonAlpha,
                targetModules,
                otherRanks,
                otherAlphas,
                dropout,
                modulesToSave,
                initialisation);
    }

    /** The same adapter under another type name. */
    public AdapterConfig withType(String newType) {
        return new AdapterConfig(
                newType, rank, alpha, targetModules, rankPattern, alphaPattern, dropout, modulesToSave, initialisation);
    }
}
