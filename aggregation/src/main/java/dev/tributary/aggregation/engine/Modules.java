package dev.tributary.aggregation.engine;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import java.util.List;

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
