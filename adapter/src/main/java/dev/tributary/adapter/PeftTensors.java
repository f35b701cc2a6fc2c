package dev.tributary.adapter;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Checks that an adapter's tensors and its configuration describe the same adapter. Pairs by name, never by shape. */
final class PeftTensors {

    private final AdapterConfig config;
    private final String where;

    private PeftTensors(AdapterConfig config, String where) {
        this.config = config;
        this.where = where;
    }

    static void check(AdapterConfig config, Layout layout, String where) {
        new PeftTensors(config, where).check(layout);
    }

    private void check(Layout layout) {
        Map<String, Map<TensorRole, TensorInfo>> modules = new TreeMap<>();
        for (TensorInfo info : layout.tensors().values()) {
            if (info.name().equals("vera_A") || info.name().equals("vera_B")) {
                continue;
            }
            TensorName name = parse(info);
            modules.computeIfAbsent(name.module(), m -> new TreeMap<>()).put(name.role(), info);
        }
        boolean adapted = false;
        for (Map.Entry<String, Map<TensorRole, TensorInfo>> module : modules.entrySet()) {
            adapted |= checkModule(module.getKey(), module.getValue());
        }
        if (!adapted) {
            throw new FormatException(where + ": holds no adapter tensors");
        }
    }

    private TensorName parse(TensorInfo info) {
        if (!info.dtype().isFloat()) {
            throw new FormatException(where + ": " + info.name() + " is " + info.dtype() + ", not floating point");
        }
        try {
            return TensorName.parse(info.name());
        } catch (IllegalArgumentException e) {
            throw new FormatException(where + ": " + info.name() + " is not a tensor of a LoRA or VeRA adapter", e);
        }
    }

    /** Whether the module is adapted, not only saved in full. */
    private boolean checkModule(String module, Map<TensorRole, TensorInfo> tensors) {
        Set<TensorRole> saved = EnumSet.of(TensorRole.WEIGHT, TensorRole.BIAS);
        if (saved.containsAll(tensors.keySet())) {
            if (config.modulesToSave().stream().noneMatch(m -> matches(module, m))) {
                throw new FormatException(where + ": " + module + " is saved in full but is not in modules_to_save "
                        + config.modulesToSave());
            }
            return false;
        }
        Set<TensorRole> expected = expected();
        if (!tensors.keySet().equals(expected)) {
            throw new FormatException(where + ": " + module + " has " + tensors.keySet() + ", adapter type "
                    + config.type() + " needs " + expected);
        }
        int rank = config.rankOf(module);
        for (Map.Entry<TensorRole, TensorInfo> tensor : tensors.entrySet()) {
            checkShape(tensor.getKey(), tensor.getValue(), rank);
        }
        return true;
    }

    private static boolean matches(String module, String name) {
        return module.equals(name) || module.endsWith("." + name) || module.startsWith(name + ".");
    }

    private Set<TensorRole> expected() {
        return switch (config.type()) {
            case "vera" -> EnumSet.of(TensorRole.VERA_B, TensorRole.VERA_D);
            case "dora" -> EnumSet.of(TensorRole.LORA_A, TensorRole.LORA_B, TensorRole.MAGNITUDE);
            default -> EnumSet.of(TensorRole.LORA_A, TensorRole.LORA_B);
        };
    }

    private void checkShape(TensorRole role, TensorInfo info, int rank) {
        List<Integer> shape = info.shape();
        boolean fits = switch (role) {
            case LORA_A -> shape.size() == 2 && shape.get(0) == rank;
            case LORA_B -> shape.size() == 2 && shape.get(1) == rank;
            case VERA_D -> shape.equals(List.of(rank));
            default -> shape.size() == 1;
        };
        if (!fits) {
            throw new FormatException(
                    where + ": " + info.name() + " has shape " + shape + ", which does not fit rank " + rank);
        }
    }
}
