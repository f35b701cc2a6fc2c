package dev.tributary.cli.local;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Keys of a job document, set from outside. Whether they exist and fit is for the coordinator to say. */
public final class JobOverrides {

    private JobOverrides() {}

    /**
     * @param values YAML values by dotted key, for example {@code adapter.type}
     * @return the document unchanged if there are none
     */
    public static String apply(String document, Map<String, String> values) {
        if (values.isEmpty()) {
            return document;
        }
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        Map<String, Object> root = section(yaml.load(document));
        values.forEach((key, text) -> {
            String[] path = key.split("\\.");
            Map<String, Object> at = root;
            for (int i = 0; i < path.length - 1; i++) {
                Map<String, Object> below = section(at.get(path[i]));
                at.put(path[i], below);
                at = below;
            }
            at.put(path[path.length - 1], yaml.load(text));
        });
        return yaml.dump(root);
    }

    private static Map<String, Object> section(@Nullable Object node) {
        Map<String, Object> section = new LinkedHashMap<>();
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> section.put(String.valueOf(key), value));
        }
        return section;
    }
}
