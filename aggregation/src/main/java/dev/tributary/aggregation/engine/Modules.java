package dev.tributary.aggregation.engine;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Which modules of a layout hold adapter factors, and the keys of their tensors. */
public final class Modules {

    private Modules() {}

    /** Modules that hold a tensor of {@code role}, in name order. */
    public static List<String> with(Layout layout, TensorRole role) {
        return layout.names().stream()
                .filter(key -> key.endsWith(role.suffix()))
                .map(TensorName::parse)
                .filter(name -> name.role() == role)
                .map(TensorName::module)
                .sorted()
                .toList();
    }

    /** Layout of a fold of the given ranks, for the modules of an adapter. */
    public static Layout folds(Layout adapter, SortedMap<String, Integer> ranks) {
        List<TensorInfo> infos = new ArrayList<>();
        ranks.forEach((module, rank) -> {
            infos.add(TensorInfo.f32(p(module), adapter.get(b(module)).shape().get(0), rank));
            infos.add(TensorInfo.f32(
                    q(module), rank, adapter.get(a(module)).shape().get(1)));
        });
        return Layout.of(infos);
    }

    public static String key(String module, TensorRole role) {
        return module + role.suffix();
    }

    public static String a(String module) {
        return key(module, TensorRole.LORA_A);
    }

    public static String b(String module) {
        return key(module, TensorRole.LORA_B);
    }

    public static String p(String module) {
        return key(module, TensorRole.FOLD_P);
    }

    public static String q(String module) {
        return key(module, TensorRole.FOLD_Q);
    }
}
