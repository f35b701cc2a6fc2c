package dev.tributary.agent.config;

import dev.tributary.agent.yaml.YamlFile;
import dev.tributary.agent.yaml.YamlSection;
import dev.tributary.plan.AgentId;
import dev.tributary.training.data.ChatSpec;
import dev.tributary.training.data.ChatTemplate;
import dev.tributary.training.data.DatasetFormat;
import dev.tributary.training.data.DatasetSpec;
import dev.tributary.training.model.Gpus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads {@code agent.yaml}. Paths in it are relative to the file's own directory.
 *
 * <pre>
 * id: amazon
 * federation: demo
 * kafka: {bootstrap-servers: "localhost:9092"}
 * data-dir: state
 * models: {minilm: packaged}
 * datasets:
 *   reviews: {train: train.jsonl, test: test.jsonl, text: text, label: label}
 * </pre>
 */
public final class AgentConfigFile {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
    private static final String ORG_PINNED = "org-pinned";
    private static final List<String> TASKS = List.of("sequence-classification", "causal-lm");

    private final YamlSection root;
    private final Path directory;

    private AgentConfigFile(YamlSection root, Path directory) {
        this.root = root;
        this.directory = directory;
    }

    /** @throws dev.tributary.agent.yaml.YamlFileException with every problem and its line */
    public static AgentConfig read(Path file) {
        Path directory = file.toAbsolutePath().normalize().getParent();
        return YamlFile.read(
                file, root -> new AgentConfigFile(root, directory == null ? Path.of("") : directory).config());
    }

    private AgentConfig config() {
        root.requiredText("id", "", "Add id: the agent's name in the federation");
        Optional<AgentId> id = root.value(
                "id", "Write 3 to 40 of a-z, 0-9 and '-', beginning and ending with a letter or digit", AgentId::new);
        String federation = root.requiredText("federation", "missing", "Add federation: the name the coordinator uses");
        if (!NAME.matcher(federation).matches()) {
            root.problem("federation", "is '" + federation + "'", "Write 1 to 40 of a-z, 0-9 and '-'");
        }
        Optional<String> coordinatorKey =
                matching("coordinator-key", KEY, "Write the coordinator's key fingerprint, 64 hex digits");
        if (isOrgPinned() && coordinatorKey.isEmpty()) {
            root.problem(
                    "trust",
                    "is org-pinned, and coordinator-key is missing",
                    "Add coordinator-key: the key that the coordinator's operator told you by another way; the"
                            + " coordinator prints it at its start");
        }
        return new AgentConfig(
                id.orElse(new AgentId("missing")),
                federation,
                kafka(),
                coordinatorKey,
                path(root.requiredText("data-dir", "missing", "Add data-dir: a directory of the agent's own")),
                models(),
                datasets(),
                training(),
                root.wholeNumber("max-rank", 1, 65_536).orElse(AgentConfig.DEFAULT_MAX_RANK),
                root.duration("heartbeat").orElse(AgentConfig.DEFAULT_HEARTBEAT),
                root.text("policy").map(this::path));
    }

    /** Whether only a coordinator is believed that this site was told of by another way than the network. */
    private boolean isOrgPinned() {
        return root.value("trust", "Write token or org-pinned", text -> {
                    if (!text.equals("token") && !text.equals(ORG_PINNED)) {
                        throw new IllegalArgumentException(text);
                    }
                    return text;
                })
                .filter(ORG_PINNED::equals)
                .isPresent();
    }

    private Optional<String> matching(String key, Pattern form, String fix) {
        return root.value(key, fix, text -> {
            if (!form.matcher(text).matches()) {
                throw new IllegalArgumentException(text);
            }
            return text;
        });
    }

    private AgentConfig.Kafka kafka() {
        String fix = "Add kafka.bootstrap-servers: host:port of the coordinator's broker";
        Optional<YamlSection> kafka = root.section("kafka");
        if (kafka.isEmpty()) {
            root.problem("kafka", "is missing", fix);
            return new AgentConfig.Kafka("", new TreeMap<>());
        }
        String servers = kafka.get().requiredText("bootstrap-servers", "", fix);
        Map<String, String> properties =
                kafka.get().section("properties").map(YamlSection::entries).orElse(Map.of());
        return new AgentConfig.Kafka(servers, new TreeMap<>(properties));
    }

    private AgentConfig.Training training() {
        Optional<YamlSection> training = root.section("training");
        int threads = training.flatMap(t -> t.wholeNumber("threads", 1, 1024)).orElse(0);
        String device = training.flatMap(t -> t.value("device", "Write auto, cpu, cuda, cuda:N or cuda:N,M", text -> {
                    if (!Gpus.isSetting(text)) {
                        throw new IllegalArgumentException(text);
                    }
                    return text;
                }))
                .orElse("cpu");
        boolean deterministic = training.flatMap(t -> t.flag("deterministic")).orElse(false);
        return new AgentConfig.Training(threads, device, deterministic);
    }

    private SortedMap<String, ModelSource> models() {
        TreeMap<String, ModelSource> models = new TreeMap<>();
        Optional<YamlSection> section = root.section("models");
        if (section.isEmpty() || section.get().keys().isEmpty()) {
            root.problem("models", "names no base model", "Add one, for example models: {minilm: packaged}");
        }
        section.map(YamlSection::entries).orElse(Map.of()).forEach((name, source) -> {
            models.put(name, source.equals("packaged") ? ModelSource.packaged() : ModelSource.in(path(source)));
        });
        return models;
    }

    private SortedMap<String, DatasetConfig> datasets() {
        TreeMap<String, DatasetConfig> datasets = new TreeMap<>();
        Optional<YamlSection> section = root.section("datasets");
        if (section.isEmpty() || section.get().keys().isEmpty()) {
            root.problem(
                    "datasets",
                    "names no dataset",
                    "Add one, for example datasets: {reviews: {train: ..., test: ...}}");
            return datasets;
        }
        for (String name : section.get().keys()) {
            section.get().section(name).ifPresent(dataset -> datasets.put(name, dataset(dataset)));
        }
        return datasets;
    }

    private DatasetConfig dataset(YamlSection section) {
        String task = section.text("task").orElse(TASKS.get(0));
        if (!TASKS.contains(task)) {
            section.problem("task", "is '" + task + "'", "Write one of " + TASKS);
        }
        boolean labelled = task.equals(TASKS.get(0));
        Optional<DatasetFormat> format = section.value(
                "format",
                "Write one of " + DatasetFormat.names(),
                text -> DatasetFormat.named(text).orElseThrow(() -> new IllegalArgumentException(text)));
        String text = section.text("text").orElse("text");
        Optional<String> label = section.text("label");
        List<String> labels = section.texts("labels").orElse(List.of());
        if (!labelled && (label.isPresent() || !labels.isEmpty())) {
            section.problem(label.isPresent() ? "label" : "labels", "is for classification only", "Remove it");
        }
        if (labels.size() != labels.stream().distinct().count()) {
            section.problem("labels", "names a label twice", "Name each label once, in the order of class indices");
            labels = labels.stream().distinct().toList();
        }
        List<DatasetSpec.Filter> filters = new ArrayList<>();
        section.section("where")
                .ifPresent(where ->
                        where.entries().forEach((column, value) -> filters.add(new DatasetSpec.Filter(column, value))));
        Optional<String> labelColumn = labelled ? Optional.of(label.orElse("label")) : Optional.empty();
        List<String> names = List.copyOf(labels);
        Optional<ChatSpec> chat = chat(section, labelled);
        DatasetSpec train = spec(section, "train", format, text, labelColumn, names, filters);
        DatasetSpec test = spec(section, "test", format, text, labelColumn, names, filters);
        return new DatasetConfig(
                task,
                chat.map(train::withChat).orElse(train),
                chat.map(test::withChat).orElse(test));
    }

    /** Conversations: {@code chat: {template: chatml, messages: messages}}, or with {@code prompt} and {@code response}. */
    private static Optional<ChatSpec> chat(YamlSection dataset, boolean labelled) {
        Optional<YamlSection> section = dataset.section("chat");
        if (section.isEmpty()) {
            return Optional.empty();
        }
        if (labelled) {
            dataset.problem("chat", "is for causal-lm only", "Write task: causal-lm beside it, or remove it");
        }
        YamlSection chat = section.get();
        Optional<ChatTemplate> template = chat.value(
                "template",
                "Write one of " + ChatTemplate.names(),
                name -> ChatTemplate.named(name).orElseThrow(() -> new IllegalArgumentException(name)));
        if (template.isEmpty() && !chat.keys().contains("template")) {
            chat.problem("template", "is missing", "Write one of " + ChatTemplate.names());
        }
        Optional<String> messages = chat.text("messages");
        Optional<String> prompt = chat.text("prompt");
        Optional<String> input = chat.text("input");
        Optional<String> response = chat.text("response");
        try {
            ChatSpec spec = new ChatSpec(template.orElse(ChatTemplate.CHATML), messages, prompt, input, response);
            return template.map(known -> spec);
        } catch (IllegalArgumentException e) {
            dataset.problem(
                    "chat",
                    "names no columns of a conversation",
                    "Write messages: COLUMN, or prompt: COLUMN and response: COLUMN");
            return Optional.empty();
        }
    }

    private DatasetSpec spec(
            YamlSection section,
            String split,
            Optional<DatasetFormat> format,
            String text,
            Optional<String> label,
            List<String> labels,
            List<DatasetSpec.Filter> filters) {
        Path path = path(section.requiredText(split, "missing", "Add " + split + ": the file of these examples"));
        if (format.isEmpty() && DatasetFormat.of(path).isEmpty()) {
            section.problem(
                    split,
                    "is " + path + ", whose name does not tell its format",
                    "Add format: one of " + DatasetFormat.names());
        }
        return new DatasetSpec(path, format, text, label, labels, filters, java.util.Set.of());
    }

    private Path path(String text) {
        return directory.resolve(text).normalize();
    }
}
