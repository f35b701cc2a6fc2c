package dev.tributary.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tributary.agent.yaml.YamlFileException;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Problem;
import dev.tributary.training.data.ChatSpec;
import dev.tributary.training.data.ChatTemplate;
import dev.tributary.training.data.DatasetFormat;
import dev.tributary.training.data.DatasetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentConfigFileTest {

    private static final String MINIMAL = """
            id: amazon
            federation: demo
            kafka: {bootstrap-servers: "localhost:9092"}
            data-dir: state
            models: {minilm: packaged}
            datasets:
              reviews: {train: train.jsonl, test: test.jsonl}
            """;

    @TempDir
    private Path directory;

    @Test
    void whatIsNotGivenHasItsDefault() {
        AgentConfig config = read(MINIMAL);

        assertThat(config.id()).isEqualTo(new AgentId("amazon"));
        assertThat(config.federation()).isEqualTo("demo");
        assertThat(config.kafka().bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(config.kafka().properties()).isEmpty();
        assertThat(config.coordinatorKey()).isEmpty();
        assertThat(config.dataDir()).isEqualTo(directory.resolve("state"));
        assertThat(config.models()).containsOnlyKeys("minilm").containsValue(ModelSource.packaged());
        assertThat(config.training()).isEqualTo(new AgentConfig.Training(0, "cpu", false));
        assertThat(config.maxRank()).isEqualTo(256);
        assertThat(config.heartbeat()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.policy()).isEmpty();
        assertThat(config.datasets().get("reviews"))
                .isEqualTo(DatasetConfig.classification(
                        directory.resolve("train.jsonl"), directory.resolve("test.jsonl"), "text", "label", List.of()));
    }

    @Test
    void anAgentThatTrustsOnlyWhomItWasToldOfHasToBeTold() {
        assertThatThrownBy(() -> read(MINIMAL + "trust: org-pinned\n"))
                .hasMessageContaining("trust")
                .hasMessageContaining("Add coordinator-key");
        assertThatThrownBy(() -> read(MINIMAL + "trust: anybody\n")).hasMessageContaining("token or org-pinned");
        String key = "ab".repeat(32);
        assertThat(read(MINIMAL + "trust: org-pinned\ncoordinator-key: " + key + "\n")
                        .coordinatorKey())
                .contains(key);
    }

    @Test
    void everyKeyIsTaken() {
        AgentConfig config = read("""
                id: site-7
                federation: hospitals
                kafka:
                  bootstrap-servers: broker:9093
                  properties: {security.protocol: SSL, ssl.key.password: hidden}
                coordinator-key: %s
                data-dir: /var/lib/tributary
                models: {minilm: packaged, llama: models/llama}
                datasets:
                  notes:
                    task: causal-lm
                    train: notes.dat
                    test: held-out.dat
                    format: jsonl
                    text: body
                    where: {site: "7"}
                  codes:
                    train: codes.csv
                    test: codes-test.csv
                    text: "1"
                    label: "2"
                    labels: [no, yes]
                training: {threads: 4, device: "cuda:0,1", deterministic: true}
                max-rank: 32
                heartbeat: 2s
                policy: policy.yaml
                """.formatted("ab".repeat(32)));

        assertThat(config.kafka().properties()).containsEntry("ssl.key.password", "hidden");
        assertThat(config.kafka().toString()).doesNotContain("hidden");
        assertThat(config.coordinatorKey()).contains("ab".repeat(32));
        assertThat(config.dataDir()).isEqualTo(Path.of("/var/lib/tributary"));
        assertThat(config.models().get("llama")).isEqualTo(ModelSource.in(directory.resolve("models/llama")));
        DatasetSpec notes = config.datasets().get("notes").train();
        assertThat(config.datasets().get("notes").task()).isEqualTo("causal-lm");
        assertThat(notes.path()).isEqualTo(directory.resolve("notes.dat"));
        assertThat(notes.format()).contains(DatasetFormat.JSONL);
        assertThat(notes.text()).isEqualTo("body");
        assertThat(notes.label()).isEmpty();
        assertThat(notes.filters()).containsExactly(new DatasetSpec.Filter("site", "7"));
        DatasetSpec codes = config.datasets().get("codes").test();
        assertThat(codes.label()).isEqualTo(Optional.of("2"));
        assertThat(codes.labels()).containsExactly("no", "yes");
        assertThat(config.training()).isEqualTo(new AgentConfig.Training(4, "cuda:0,1", true));
        assertThat(config.maxRank()).isEqualTo(32);
        assertThat(config.heartbeat()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.policy()).contains(directory.resolve("policy.yaml"));
    }

    @Test
    void anUnknownKeyIsNamedWithTheNearestKnownOne() {
        assertThat(problems(MINIMAL + "max_ranks: 3\n")).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("max_ranks");
            assertThat(problem.line()).isEqualTo(8);
            assertThat(problem.fix()).contains("max-rank");
        });
        assertThat(problems(MINIMAL.replace("train: train.jsonl", "train: train.jsonl, colour: red")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.field()).isEqualTo("datasets.reviews.colour");
                    assertThat(problem.fix()).contains("text").contains("label");
                });
    }

    @Test
    void allProblemsAreToldAtOnce() {
        List<Problem> problems = problems("""
                id: A!
                federation: Demo Federation
                kafka: {bootstrap-server: x}
                models: {}
                datasets:
                  reviews: {task: regression, train: a.jsonl, format: xml}
                training: {threads: none, device: tpu, deterministic: maybe}
                max-rank: 0
                heartbeat: 5
                """);

        assertThat(problems)
                .extracting(Problem::field)
                .contains(
                        "id",
                        "federation",
                        "kafka.bootstrap-servers",
                        "kafka.bootstrap-server",
                        "data-dir",
                        "models",
                        "datasets.reviews.task",
                        "datasets.reviews.test",
                        "datasets.reviews.format",
                        "training.threads",
                        "training.device",
                        "training.deterministic",
                        "max-rank",
                        "heartbeat");
        assertThat(problems).allSatisfy(problem -> assertThat(problem.fix()).isNotEmpty());
    }

    @Test
    void conversationsAreDeclaredByTheirColumns() {
        String causal = MINIMAL.replace(
                "test.jsonl}",
                "test.jsonl, task: causal-lm, chat: {template: alpaca, prompt: question, response: answer}}");
        assertThat(read(causal).datasets().get("reviews").train().chat())
                .contains(ChatSpec.instruction(ChatTemplate.ALPACA, "question", "answer"));

        assertThat(problems(causal.replace("alpaca", "klingon")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.fix()).contains("chatml"));
        assertThat(problems(causal.replace(", response: answer", "")))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.fix()).contains("messages").contains("response"));
    }

    @Test
    void aFileWhoseFormatCannotBeToldNeedsOne() {
        assertThat(problems(MINIMAL.replace("train.jsonl", "train.data")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.fix()).contains("format"));
    }

    @Test
    void textThatIsNotYamlIsAProblemWithItsLine() {
        assertThat(problems("id: [amazon\nfederation: demo\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.line()).isPositive());
        assertThat(problems("")).hasSize(1);
        assertThat(problems("just text")).hasSize(1);
        assertThat(problems("id: !!javax.script.ScriptEngineManager [x]\n")).isNotEmpty();
    }

    @Test
    void aKeyThatStandsTwiceIsAProblem() {
        assertThat(problems(MINIMAL + "id: imdb\n"))
                .anySatisfy(problem -> assertThat(problem.message()).contains("twice"));
    }

    @Test
    void aMissingFileIsAProblem() {
        YamlFileException e = catchThrowableOfType(
                YamlFileException.class, () -> AgentConfigFile.read(directory.resolve("nowhere.yaml")));

        assertThat(e).hasMessageContaining("nowhere.yaml");
    }

    private AgentConfig read(String text) {
        return AgentConfigFile.read(write(text));
    }

    private List<Problem> problems(String text) {
        Path file = write(text);
        YamlFileException e = catchThrowableOfType(YamlFileException.class, () -> AgentConfigFile.read(file));
        assertThat(e).as("refusal of %s", text).isNotNull();
        return e.problems();
    }

    private Path write(String text) {
        try {
            return Files.writeString(directory.resolve("agent.yaml"), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
