package dev.tributary.adapter;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Configuration of an adapter, in PEFT's terms (fields of {@code adapter_config.json}).
 *
 * @param type adapter type as in job files: {@code lora, rslora, dora, vera, lora-xs, ...}
 * @param rank default rank r of every target module, ≥ 1
 * @param alpha default alpha; the delta of a module is scaling · B · A
 * @param targetModules names (matched as whole path suffix), a single regular expression, or {@code all-linear}
 * @param rankPattern rank per module path where it differs from {@code rank}
 * @param alphaPattern alpha per module path where it differs from {@code alpha}
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
        targetModules = List.copyOf(targetModules);
        rankPattern = Collections.unmodifiableSortedMap(new TreeMap<>(rankPattern));
        alphaPattern = Collections.unmodifiableSortedMap(new TreeMap<>(alphaPattern));
        modulesToSave = List.copyOf(modulesToSave);
    }

    /** Plain LoRA on the named modules. */
    public static AdapterConfig lora(int rank, double alpha, List<String> targetModules) {
        return new AdapterConfig(
                "lora", rank, alpha, targetModules, new TreeMap<>(), new TreeMap<>(), 0, List.of(), "kaiming");
    }

    public int rankOf(String module) {
        return rankPattern.getOrDefault(module, rank);
    }

    /** alpha/r, or alpha/√r for rsLoRA (Kalajdzievski 2023). */
    public double scalingOf(String module) {
        double a = alphaPattern.getOrDefault(module, alpha);
        int r = rankOf(module);
        return type.equals("rslora") ? a / Math.sqrt(r) : a / r;
    }
}
