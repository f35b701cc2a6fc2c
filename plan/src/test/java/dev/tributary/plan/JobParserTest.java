package dev.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobParserTest {

    private static final String SHORTEST = """
            name: support-tone
            base-model: minilm
            task: {type: sequence-classification, labels: [negative, positive], dataset: reviews}
            """;

    @Test
    void everyKeyOfAFullFileIsTaken() {
        Job job = JobParser.parse("""
                name: support-tone
                base-model: minilm                      # packaged name
                task: {type: sequence-classification, labels: [no, yes], dataset: reviews, max-length: 64, pooling: cls}
                adapter:
                  type: rslora
                  rank: 4
                  alpha: 12.5
                  target-modules: [query, value]
                  rank-pattern: {encoder.layer.0.attention.self.query: 2}
                  alpha-pattern:
                    encoder.layer.0.attention.self.query: 3
                  dropout: .1
                  modules-to-save: [pooler]
                  initialisation: orthogonal
                  start-from: /models/before
                training: {epochs: 2, max-steps: 30, batch-size: 8, gradient-accumulation: 2, learning-rate: 1e-3,
                  head-learning-rate: 5e-3, optimizer: sgd, weight-decay: 0, momentum: 0.9, gradient-clipping: 1,
                  schedule: cosine, warmup: 0.06, proximal-mu: 0.1, lora-plus-ratio: 16,
                  gradient-checkpointing: true, base-dtype: bf16}
                aggregation: {method: fedex, truncate: 16}
                rounds: 7
                keep: best
                early-stopping: {patience: 3}
                cohort: {fraction: 0.5, quorum: 2, deadline: 1h30m, close-at-quorum: true, over-selection: 1.3, minimum-wait: 30s, adaptive-deadline: 3}
                upload: {dtype: bf16}
                privacy: {unit: none}
                seed: 7
                """);
        assertThat(job.task())
                .isEqualTo(new Job.Task("sequence-classification", List.of("no", "yes"), "reviews", 64, "cls"));
        assertThat(job.adapter().type()).isEqualTo("rslora");
        assertThat(job.adapter().rank()).isEqualTo(4);
        assertThat(job.adapter().alpha()).isEqualTo(12.5);
        assertThat(job.adapter().rankOf("encoder.layer.0.attention.self.query")).isEqualTo(2);
        assertThat(job.adapter().alphaPattern()).containsEntry("encoder.layer.0.attention.self.query", 3.0);
        assertThat(job.adapter().dropout()).isEqualTo(0.1);
        assertThat(job.adapter().modulesToSave()).containsExactly("pooler");
        assertThat(job.training())
                .isEqualTo(new Job.Training(
                        2, 30, 8, 2, 1e-3, 5e-3, "sgd", 0, 0.9, 1, "cosine", 0.06, 0.1, 16, true, "bf16"));
        assertThat(job.aggregation().method()).isEqualTo("fedex");
        assertThat(job.aggregation().options()).containsOnlyKeys("truncate").containsEntry("truncate", "16");
        assertThat(job.cohort())
                .isEqualTo(new Job.CohortRules(
                        0.5, 2, Duration.ofMinutes(90), true, new Job.Pace(1.3, Duration.ofSeconds(30), 3)));
        assertThat(job.upload().dtype()).isEqualTo("bf16");
        assertThat(job.startFrom()).isEqualTo("/models/before");
        assertThat(job.patience()).isEqualTo(3);
        assertThat(job.rounds()).isEqualTo(7);
        assertThat(job.keep()).isEqualTo("best");
        assertThat(job.seed()).isEqualTo(7);
    }

    @Test
    void absentKeysTakeTheirDefaults() {
        Job job = JobParser.parse(SHORTEST);
        assertThat(job.task().maxLength()).isEqualTo(128);
        assertThat(job.task().pooling()).isEqualTo("mean");
        assertThat(job.adapter().rank()).isEqualTo(8);
        assertThat(job.adapter().alpha()).isEqualTo(16);
        assertThat(job.adapter().targetModules()).containsExactly("all-linear");
        assertThat(job.adapter().initialisation()).isEqualTo("kaiming");
        assertThat(job.training())
                .isEqualTo(new Job.Training(1, 0, 16, 1, 1e-3, 5e-3, "adamw", 0.01, 0, 0, "constant", 0));
        assertThat(job.aggregation().method()).isEqualTo("fedavg");
        assertThat(job.rounds()).isEqualTo(5);
        assertThat(job.keep()).isEqualTo("last");
        assertThat(job.patience()).isZero();
        assertThat(job.cohort()).isEqualTo(new Job.CohortRules(1, 0, Duration.ofMinutes(10), false));
        assertThat(job.upload().dtype()).isEqualTo("fp32");
        assertThat(job.privacy().unit()).isEqualTo("none");
        assertThat(job.seed()).isZero();
        assertThat(job.startFrom()).isEmpty();
    }

    @Test
    void lateUpdatesAndAsynchronousTrainingComeBackAsTheyWereWritten() {
        Job async = JobParser.parse(SHORTEST + "mode: async\ncohort: {buffer: 3, staleness-exponent: 1}\n");
        assertThat(async.cohort().late()).isEqualTo(new Job.Late(true, 1, 10, 3));
        assertThat(JobParser.parse(JobWriter.yaml(async))).isEqualTo(async);

        Job late = JobParser.parse(SHORTEST + "cohort: {late: next-round, max-staleness: 2}\n");
        assertThat(late.cohort().late()).isEqualTo(new Job.Late(true, 0.5, 2, 0));
        assertThat(JobParser.parse(JobWriter.yaml(late))).isEqualTo(late);
        assertThat(late.cohort().late().weight(3)).isEqualTo(0.5);
    }

    @Test
    void whatGoesWithTheOtherModeOnlyIsNamed() {
        assertThatThrownBy(() -> JobParser.parse(SHORTEST + "mode: async\ncohort: {close-at-quorum: true}\n"))
                .isInstanceOfSatisfying(
                        InvalidJobException.class,
                        e -> assertThat(e.problems())
                                .extracting(Problem::field)
                                .containsExactlyInAnyOrder("cohort.buffer", "cohort.close-at-quorum"));
        assertThatThrownBy(() -> JobParser.parse(SHORTEST + "cohort: {buffer: 3, max-staleness: 2}\n"))
                .isInstanceOfSatisfying(
                        InvalidJobException.class,
                        e -> assertThat(e.problems())
                                .extracting(Problem::field)
                                .containsExactlyInAnyOrder("cohort.buffer", "cohort.max-staleness"));
    }

    @Test
    void alphaFollowsTheRankAndTheHeadFollowsTheLearningRate() {
        Job job = JobParser.parse(SHORTEST + "adapter: {rank: 4}\ntraining: {learning-rate: 2e-4}\n");
        assertThat(job.adapter().alpha()).isEqualTo(8);
        assertThat(job.training().headLearningRate()).isEqualTo(1e-3);
    }

    @Test
    void jsonIsAccepted() {
        Job job = JobParser.parse("{\n\t\"name\": \"a\\u00e9\\/b\",\n".replace("a\\u00e9\\/b", "tone")
                + "\t\"base-model\": \"caf\\u00e9 \\uD83D\\uDE00 a\\\\b \\\"q\\\"\",\n"
                + "\t\"task\": {\"type\": \"causal-lm\", \"dataset\": \"talks\"},\n"
                + "\t\"training\": {\"learning-rate\": 1E-5}, \"rounds\": 3\n}");
        assertThat(job.baseModel()).isEqualTo("café \uD83D\uDE00 a\\b \"q\"");
        assertThat(job.rounds()).isEqualTo(3);
        assertThat(job.training().learningRate()).isEqualTo(1e-5);
    }

    @Test
    void allProblemsAreReportedTogetherWithLineAndFix() {
        List<Problem> problems = problems("""
                name: Support Tone
                base_model: minilm
                task: {type: classification, labels: [a], dataset: reviews}
                adapter:
                  rank: 0
                  alpah: 16
                training:
                  learning-rate: fast
                  batch-size: 1.5
                cohort: {quorum: some, deadline: soon}
                rounds: 3
                rounds: 4
                keep:
                lr: 3
                """);
        assertThat(problems)
                .extracting(Problem::field, Problem::line)
                .containsExactlyInAnyOrder(
                        tuple("name", 1),
                        tuple("base_model", 2),
                        tuple("base-model", 1),
                        tuple("task.type", 3),
                        tuple("adapter.rank", 5),
                        tuple("adapter.alpah", 6),
                        tuple("training.learning-rate", 8),
                        tuple("training.batch-size", 9),
                        tuple("cohort.quorum", 10),
                        tuple("cohort.deadline", 10),
                        tuple("rounds", 12),
                        tuple("keep", 13),
                        tuple("lr", 14));
        assertThat(problems).allMatch(p -> !p.fix().isEmpty() && !p.message().isEmpty());
        assertThat(problem(problems, "base_model").fix()).isEqualTo("Did you mean base-model?");
        assertThat(problem(problems, "adapter.alpah").fix()).isEqualTo("Did you mean adapter.alpha?");
        assertThat(problem(problems, "lr").fix()).isEqualTo("Did you mean training.learning-rate?");
        assertThat(problem(problems, "adapter.rank").message()).contains("from 1", "was '0'");
        assertThat(problem(problems, "rounds").message()).contains("first in line 11");
        assertThat(problem(problems, "task.type").fix()).contains("sequence-classification, causal-lm");
    }

    @Test
    void labelsMustFitTheTask() {
        assertThat(problems("name: a\nbase-model: m\ntask: {type: sequence-classification, dataset: d}\n"))
                .singleElement()
                .matches(p -> p.field().equals("task.labels") && p.line() == 3);
        assertThat(problems("name: a\nbase-model: m\ntask: {type: causal-lm, dataset: d, labels: [x, y]}\n"))
                .singleElement()
                .matches(p -> p.field().equals("task.labels"));
        assertThat(problems(
                        "name: a\nbase-model: m\ntask: {type: sequence-classification, dataset: d, labels: [x, x]}\n"))
                .singleElement()
                .matches(p -> p.field().equals("task.labels[1]") && p.message().contains("'x'"));
    }

    @ParameterizedTest
    @CsvSource({
        "target-modules: [], adapter.target-modules",
        "'target-modules: [query, all-linear]', adapter.target-modules",
        "target-modules: '*(', adapter.target-modules",
        "dropout: 1, adapter.dropout",
        "dropout: -0.1, adapter.dropout",
        "rank: 99999999999999999999999, adapter.rank",
        "rank: 0x10, adapter.rank",
        "alpha: .inf, adapter.alpha",
        "alpha: NaN, adapter.alpha",
        "alpha: 1e999, adapter.alpha",
        "alpha: [1], adapter.alpha",
        "rank-pattern: {q: none}, adapter.rank-pattern.q",
        "rank-pattern: 3, adapter.rank-pattern",
        "'rank-pattern: {''*('': 3}', adapter.rank-pattern.*(",
        "type: lorra, adapter.type",
    })
    void aBadValueIsNamedByItsField(String line, String field) {
        assertThat(problems(SHORTEST + "adapter:\n  " + line + "\n"))
                .singleElement()
                .matches(p -> p.field().equals(field) && p.line() == 5, "field " + field + " in line 5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "# nothing",
                "42",
                "- a\n- b",
                "name: a: b",
                "name: [",
                "a: b\n---\nc: d",
                "name: \u0000",
                "\tname: a",
                "{\"name\": \"a\"",
                "{\"name\": }",
                "name: &a [*a, *a]",
                "a: &a [x]\nb: *a",
                "? {a: b}\n: c",
                "!!java.net.URL [x]",
                "\uFEFF",
                "%YAML 9.9\n---\na: b"
            })
    void malformedTextIsAProblemAndNothingElse(String text) {
        assertThat(problems(text)).isNotEmpty();
    }

    @Test
    void textBeyondTheLimitsIsRefusedQuickly() {
        assertThat(problems("a: " + "x".repeat(YamlText.LIMIT)))
                .singleElement()
                .matches(p -> p.field().equals("document"));
        assertThat(problems("a: " + "[".repeat(10_000))).hasSize(1);
        assertThat(problems("a: " + "{a: ".repeat(10_000))).hasSize(1);
        StringBuilder laughs = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 30; i++) {
            laughs.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertThat(problems(laughs.toString())).hasSize(1);
    }

    @Test
    void tagsAreNotFollowed() {
        assertThat(problems(SHORTEST + "seed: !!javax.script.ScriptEngineManager [x]\n"))
                .singleElement()
                .matches(p -> p.message().contains("tag is not allowed") && p.line() == 4, "refused in line 4");
        assertThat(problems(SHORTEST + "seed: !own 3\n"))
                .singleElement()
                .matches(
                        p -> p.field().equals("seed") && p.message().contains("!own") && p.line() == 4,
                        "names the tag");
    }

    @Test
    void aSyntaxErrorNamesItsLine() {
        assertThat(problems("name: a\nbase-model: [b\ntask: c\n"))
                .singleElement()
                .matches(p -> p.line() >= 2);
    }

    @Test
    void linesOfFieldsAreKeptForLaterChecks() {
        JobDocument document = JobParser.document(SHORTEST + "aggregation:\n  method: fedfoo\n  mu: 1\n");
        assertThat(document.line("aggregation.method")).isEqualTo(5);
        assertThat(document.line("aggregation.mu")).isEqualTo(6);
        assertThat(document.line("aggregation.missing")).isEqualTo(4);
        assertThat(document.line("task.labels[1]")).isEqualTo(3);
        assertThat(document.line("cohort.quorum")).isZero();
        assertThat(document.problem("aggregation.method", "is unknown", "Use fedavg")
                        .toString())
                .isEqualTo("line 5, aggregation.method: is unknown. Use fedavg");
    }

    static List<Problem> problems(String text) {
        InvalidJobException e = catchThrowableOfType(InvalidJobException.class, () -> JobParser.parse(text));
        assertThat(e)
                .as("refusal of %s", text.length() > 200 ? text.substring(0, 200) : text)
                .isNotNull();
        return e.problems();
    }

    private static Problem problem(List<Problem> problems, String field) {
        return problems.stream()
                .filter(p -> p.field().equals(field))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void privacyTermsAreKeptAsTextAndSurviveWriting() {
        Job job = JobParser.parse(MINIMAL_FOR_PRIVACY + """
                privacy: {unit: example, sampling: poisson, sampling-rate: 0.10, delta: 1e-4, cohort-hidden: false}
                """);

        assertThat(job.privacy().isOn()).isTrue();
        assertThat(job.privacy().terms())
                .containsEntry("sampling", "poisson")
                .containsEntry("sampling-rate", "0.1")
                .containsEntry("delta", "1.0E-4")
                .containsEntry("cohort-hidden", "false")
                .hasSize(4);
        assertThat(JobParser.parse(JobWriter.json(job))).isEqualTo(job);
        assertThat(JobParser.parse(JobWriter.yaml(job))).isEqualTo(job);
    }

    @Test
    void privacyTermsWithoutAUnitAreRefused() {
        assertThatThrownBy(() -> JobParser.parse(MINIMAL_FOR_PRIVACY + "privacy: {epsilon: 8}\n"))
                .isInstanceOf(InvalidJobException.class)
                .hasMessageContaining("privacy.epsilon")
                .hasMessageContaining("no meaning with privacy.unit: none");
    }

    private static final String MINIMAL_FOR_PRIVACY = """
            name: tone
            base-model: minilm
            task: {type: causal-lm, dataset: texts}
            """;
}
