package dev.tributary.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Walks a document along {@link JobKeys}, taking the values that fit and noting everything that does not. */
final class JobReader {

    private static final Set<Tag> PLAIN_TAGS =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.TIMESTAMP, Tag.MAP, Tag.SEQ, Tag.MERGE);

    private final Map<String, Object> values = new LinkedHashMap<>();
    private final SortedMap<String, String> options = new TreeMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    JobReader(MappingNode document) {
        section("", document);
        for (JobKeys.Key key : JobKeys.ALL) {
            if (key.required() && !lines.containsKey(key.path())) {
                int line = lines.getOrDefault(key.parent(), 1);
                problem(
                        key.path(),
                        line,
                        "is missing",
                        "Add " + key.path() + ": " + key.type().describe());
            }
        }
    }

    /** Values that were given and fit, by path. */
    Map<String, Object> values() {
        return values;
    }

    SortedMap<String, String> options() {
        return options;
    }

    /** Lines of all keys and list elements that were given. */
    Map<String, Integer> lines() {
        return lines;
    }

    List<Problem> problems() {
        return problems;
    }

    private void section(String path, MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            Optional<String> name = scalar(path.isEmpty() ? "document" : path, entry.getKeyNode());
            if (name.isEmpty()) {
                continue;
            }
            String child = path.isEmpty() ? name.get() : path + "." + name.get();
            if (enter(child, entry.getKeyNode())) {
                child(path, name.get(), child, entry.getValueNode());
            }
        }
    }

    private void child(String section, String name, String path, Node value) {
        Optional<JobKeys.Key> key = JobKeys.find(path);
        if (key.isPresent()) {
            value(path, key.get().type(), value).ifPresent(v -> values.put(path, v));
        } else if (JobKeys.isSection(path)) {
            if (value instanceof MappingNode mapping) {
                section(path, mapping);
            } else {
                problem(
                        path,
                        YamlText.line(value),
                        "must be a mapping",
                        "Indent its keys below it: " + String.join(", ", JobKeys.names(path)));
            }
        } else if (section.equals(JobKeys.OPTIONS_SECTION)) {
            scalar(path, value).ifPresent(v -> options.put(name, v));
        } else {
            unknown(section, name, path);
        }
    }

    private void unknown(String section, String name, String path) {
        String fix = Suggestions.key(section, name)
                .map(k -> "Did you mean " + k + "?")
                .orElse("Remove it. Keys allowed here: " + String.join(", ", JobKeys.names(section)));
        problem(path, lines.getOrDefault(path, 0), "is not a known key", fix);
    }

    private Optional<Object> value(String path, KeyType type, Node node) {
        if (type instanceof KeyType.ListOf list) {
            return list(path, list, node).map(v -> v);
        }
        if (type instanceof KeyType.MapOf map) {
            return map(path, map, node).map(v -> v);
        }
        KeyType.Scalar scalar = (KeyType.Scalar) type;
        return scalar(path, node).flatMap(text -> {
            Optional<Object> value = scalar.read(text);
            if (value.isEmpty()) {
                problem(
                        path,
                        YamlText.line(node),
                        "must be " + scalar.describe() + ", was '" + shown(text) + "'",
                        scalar.fix(text));
            }
            return value;
        });
    }

    private Optional<List<Object>> list(String path, KeyType.ListOf type, Node node) {
        List<Node> elements = node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
        if (elements.size() > type.most()) {
            problem(path, YamlText.line(node), "has " + elements.size() + " elements", "Write at most " + type.most());
            return Optional.empty();
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            String element = path + "[" + i + "]";
            lines.put(element, YamlText.line(elements.get(i)));
            value(element, type.element(), elements.get(i)).ifPresent(values::add);
        }
        return values.size() == elements.size() ? Optional.of(values) : Optional.empty();
    }

    private Optional<SortedMap<String, Object>> map(String path, KeyType.MapOf type, Node node) {
        if (!(node instanceof MappingNode mapping) || mapping.getValue().size() > type.most()) {
            problem(
                    path,
                    YamlText.line(node),
                    "must be a mapping of at most " + type.most() + " keys",
                    "Write " + type.describe());
            return Optional.empty();
        }
        int before = problems.size();
        SortedMap<String, Object> values = new TreeMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            scalar(path, entry.getKeyNode()).ifPresent(name -> {
                String child = path + "." + name;
                if (enter(child, entry.getKeyNode())) {
                    value(child, type.value(), entry.getValueNode()).ifPresent(v -> values.put(name, v));
                }
            });
        }
        return problems.size() == before ? Optional.of(values) : Optional.empty();
    }

    /** Notes where a key stands; false if it stands there for the second time. */
    private boolean enter(String path, Node key) {
        Integer first = lines.putIfAbsent(path, YamlText.line(key));
        if (first != null) {
            problem(path, YamlText.line(key), "is given twice, first in line " + first, "Remove one of them");
        }
        return first == null;
    }

    private Optional<String> scalar(String path, Node node) {
        int line = YamlText.line(node);
        if (!PLAIN_TAGS.contains(node.getTag())) {
            problem(path, line, "carries the tag " + shown(node.getTag().getValue()), "Remove the tag");
        } else if (!(node instanceof ScalarNode scalar)) {
            problem(path, line, "must be a single value, was a " + node.getNodeId(), "Write one value behind it");
        } else if (scalar.getTag().equals(Tag.NULL)) {
            problem(path, line, "has no value", "Write a value behind it, or remove the key to take the default");
        } else {
            return Optional.of(scalar.getValue());
        }
        return Optional.empty();
    }

    private void problem(String path, int line, String message, String fix) {
        problems.add(new Problem(shown(path), line, message, fix));
    }

    /** Text of the writer's, short and on one line. */
    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "�");
        return line.length() > 120 ? line.substring(0, 120) + "..." : line;
    }
}
