package dev.tributary.agent.yaml;

import dev.tributary.plan.Problem;
import dev.tributary.plan.Suggestions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of a YAML file. A key is known once it was asked for; {@link #refuseUnknownKeys} names the others. Values
 * that do not fit are noted as problems and count as absent.
 */
public final class YamlSection {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

    private final String path;
    private final int line;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final Set<String> asked = new TreeSet<>();
    private final List<YamlSection> sections = new ArrayList<>();
    private final List<Problem> problems;

    YamlSection(String path, MappingNode node, List<Problem> problems) {
        this.path = path;
        this.problems = problems;
        this.line = node.getStartMark().getLine() + 1;
        for (NodeTuple entry : node.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                problem("", "has a key that is not a word", "Write plain keys");
                continue;
            }
            lines.put(key.getValue(), key.getStartMark().getLine() + 1);
            if (values.put(key.getValue(), entry.getValueNode()) != null) {
                problem(key.getValue(), "stands there twice", "Remove one of them");
            }
        }
    }

    /** Notes a problem with the value of a key. */
    public void problem(String key, String message, String fix) {
        problems.add(new Problem(child(key), lines.getOrDefault(key, line), message, fix));
    }

    private String child(String key) {
        if (key.isEmpty()) {
            return path.isEmpty() ? "file" : path;
        }
        return path.isEmpty() ? key : path + "." + key;
    }

    public Set<String> keys() {
        return values.keySet();
    }

    public Optional<String> text(String key) {
        asked.add(key);
        return Optional.ofNullable(values.get(key)).flatMap(node -> scalar(key, node));
    }

    /** The text of a key that must be there; noted as a problem, and {@code fallback}, if it is not. */
    public String requiredText(String key, String fallback, String fix) {
        Optional<String> text = text(key);
        if (text.isEmpty() && !values.containsKey(key)) {
            problem(key, "is missing", fix);
        }
        return text.orElse(fallback);
    }

    private Optional<String> scalar(String key, Node node) {
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return Optional.of(scalar.getValue());
        }
        problem(
                key,
                node instanceof ScalarNode ? "has no value" : "must be a single value",
                "Write one value after it");
        return Optional.empty();
    }

    /** A value as {@code parser} understands it; an {@link IllegalArgumentException} of the parser becomes a problem. */
    public <T> Optional<T> value(String key, String fix, Function<String, T> parser) {
        return text(key).flatMap(text -> {
            try {
                return Optional.of(parser.apply(text.strip()));
            } catch (IllegalArgumentException e) {
                problem(key, "is '" + text + "', which does not fit", fix);
                return Optional.empty();
            }
        });
    }

    public Optional<Integer> wholeNumber(String key, int least, int most) {
        return value(key, "Write a whole number from " + least + " to " + most, text -> {
            int number = Integer.parseInt(text);
            if (number < least || number > most) {
                throw new IllegalArgumentException(text);
            }
            return number;
        });
    }

    public Optional<Double> positiveNumber(String key) {
        return value(key, "Write a number greater than 0", text -> {
            double number = Double.parseDouble(text);
            if (!(number > 0) || Double.isInfinite(number)) {
                throw new IllegalArgumentException(text);
            }
            return number;
        });
    }

    public Optional<Boolean> flag(String key) {
        return value(key, "Write true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        });
    }

    /** A time with its unit: {@code 500ms, 5s, 2m, 1h, 7d}. */
    public Optional<Duration> duration(String key) {
        return value(key, "Write a time greater than 0 with its unit: 500ms, 5s, 2m, 1h or 7d", text -> {
            Matcher parts = DURATION.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException(text);
            }
            long number = Long.parseLong(parts.group(1));
            Duration time = switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
            if (time.isZero()) {
                throw new IllegalArgumentException(text);
            }
            return time;
        });
    }

    /** A list of texts; a single text is a list of one. */
    public Optional<List<String>> texts(String key) {
        asked.add(key);
        Node node = values.get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (!(node instanceof SequenceNode sequence)) {
            return scalar(key, node).map(List::of);
        }
        List<String> texts = new ArrayList<>();
        for (Node element : sequence.getValue()) {
            scalar(key, element).ifPresent(texts::add);
        }
        return Optional.of(texts);
    }

    public Optional<YamlSection> section(String key) {
        asked.add(key);
        Node node = values.get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (!(node instanceof MappingNode mapping)) {
            problem(key, "must be a mapping", "Indent its keys below it");
            return Optional.empty();
        }
        YamlSection section = new YamlSection(child(key), mapping, problems);
        sections.add(section);
        return Optional.of(section);
    }

    /** All entries of this section, whatever their keys, as texts. */
    public Map<String, String> entries() {
        Map<String, String> entries = new TreeMap<>();
        keys().forEach(key -> text(key).ifPresent(value -> entries.put(key, value)));
        return entries;
    }

    /** Notes every key, here and below, that was never asked for. */
    void refuseUnknownKeys() {
        for (String key : values.keySet()) {
            if (!asked.contains(key)) {
                problem(
                        key,
                        "is not a known key",
                        Suggestions.closest(key.toLowerCase(Locale.ROOT).replace('_', '-'), asked)
                                .map(near -> "Did you mean " + child(near) + "?")
                                .orElse("Remove it. Keys allowed here: " + String.join(", ", asked)));
            }
        }
        sections.forEach(YamlSection::refuseUnknownKeys);
    }
}
