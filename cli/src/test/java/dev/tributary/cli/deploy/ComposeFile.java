package dev.tributary.cli.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/** {@code docker-compose.yml} with its merges done and the defaults of its variables filled in. */
final class ComposeFile {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\w+:-([^}]*)}");

    private final Map<String, Object> root;

    private ComposeFile(Map<String, Object> root) {
        this.root = root;
    }

    static ComposeFile read() throws IOException {
        String text = Files.readString(ROOT.resolve("docker-compose.yml"));
        return new ComposeFile(
                new Yaml().load(VARIABLE.matcher(text).replaceAll(m -> Matcher.quoteReplacement(m.group(1)))));
    }

    Map<String, Map<String, Object>> services() {
        Map<String, Map<String, Object>> services = new TreeMap<>();
        section("services").keySet().forEach(name -> services.put(name, map(section("services"), name)));
        return services;
    }

    Map<String, Object> service(String name) {
        return services().get(name);
    }

    Map<String, Object> section(String name) {
        return map(root, name);
    }

    static Map<String, String> environment(Map<String, Object> service) {
        Map<String, String> environment = new TreeMap<>();
        map(service, "environment").forEach((key, value) -> environment.put(key, value.toString()));
        return environment;
    }

    static List<String> command(Map<String, Object> service) {
        return list(service, "command").stream().map(Object::toString).toList();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Map<String, Object> of, String key) {
        return (Map<String, Object>) of.getOrDefault(key, Map.of());
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Map<String, Object> of, String key) {
        return (List<Object>) of.getOrDefault(key, List.of());
    }
}
