package dev.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tributary.plan.ModelDescriptor.LinearShape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JobCheckTest {

    private static final String JOB = """
            name: tone
            base-model: minilm
            task: {type: sequence-classification, labels: [negative, positive], dataset: reviews}
            adapter: {rank: 8, target-modules: [query, value]}
            """;

    @Test
    void aJobThatFitsHasNoProblems() {
        assertThat(check(JOB + "cohort: {quorum: 2}\n", agent("amazon"), agent("imdb")))
                .isEmpty();
    }

    @Test
    void unknownModelAndDatasetListTheKnownOnes() {
        List<Problem> problems = check(JOB.replace("minilm", "minilmm").replace("reviews", "logs"), agent("amazon"));
        assertThat(problems)
                .extracting(Problem::field, Problem::line)
                .containsExactly(tuple("base-model", 2), tuple("task.dataset", 3));
        assertThat(problems.get(0).fix()).contains("Did you mean minilm?");
        assertThat(problems.get(1).fix()).contains("Known: reviews");
    }

    @Test
    void agentsWithOtherBytesAreNamed() {
        AgentProfile other = agent("imdb", model("b".repeat(64), "c".repeat(64)), dataset(2), 64);
        List<Problem> problems = check(JOB, agent("amazon"), other);
        assertThat(problems).extracting(Problem::field).containsExactly("base-model", "base-model");
        assertThat(problems.get(0).message())
                .contains("weights")
                .contains("amazon: sha256 aaaaaaaaaaaa")
                .contains("imdb: sha256 bbbbbbbbbbbb");
        assertThat(problems.get(1).message()).contains("tokenizer");
    }

    @Test
    void aTargetThatSelectsNothingListsTheModules() {
        List<Problem> problems = check(JOB.replace("value]", "vlaue]"), agent("amazon"));
        assertThat(problems).singleElement().satisfies(p -> {
            assertThat(p.field()).isEqualTo("adapter.target-modules[1]");
            assertThat(p.line()).isEqualTo(4);
            assertThat(p.fix()).isEqualTo("Did you mean value? Modules of this model end in: dense, query, value");
        });
        assertThat(check(JOB.replace("[query, value]", "'.*layer\\.7.*'"), agent("amazon")))
                .hasSize(1);
        assertThat(check(JOB.replace("[query, value]", "'.*self\\.(query|value)'"), agent("amazon")))
                .isEmpty();
        assertThat(check(JOB.replace("[query, value]", "all-linear"), agent("amazon")))
                .isEmpty();
    }

    @Test
    void patternsMustNameAdaptedModules() {
        List<Problem> problems = check(
                JOB.replace("rank: 8", "rank: 8, rank-pattern: {layer.0.output.dense: 4}, alpha-pattern: {x: 2}"),
                agent("amazon"));
        assertThat(problems)
                .extracting(Problem::field)
                .containsExactly("adapter.rank-pattern.layer.0.output.dense", "adapter.alpha-pattern.x");
    }

    @Test
    void patternsMayBeTheEndOfAPathOrARegularExpression() {
        String job = JOB.replace("rank: 8", "rank: 8, rank-pattern: {query: 4, 'layer.*value': 2}");
        assertThat(check(job, agent("amazon"))).isEmpty();
        assertThat(check(JOB.replace("rank: 8", "rank: 8, rank-pattern: {query: 40}"), agent("amazon")))
                .singleElement()
                .matches(p -> p.field().equals("adapter.rank-pattern"), "names the pattern");
    }

    @Test
    void anExpressionThatWouldRunForYearsSelectsNothing() {
        assertThat(check(JOB.replace("[query, value]", "'((((.+)+)+)+)+,'"), agent("amazon")))
                .hasSize(1);
    }

    @Test
    void aQuorumBeyondTheCohortIsRefused() {
        assertThat(check(JOB + "cohort: {quorum: 3}\n", agent("amazon"), agent("imdb")))
                .singleElement()
                .matches(p -> p.field().equals("cohort.quorum")
                        && p.line() == 5
                        && p.message().contains("2 of 2"));
        assertThat(check(JOB + "cohort: {quorum: 2, fraction: 0.5}\n", agent("amazon"), agent("imdb")))
                .singleElement()
                .matches(p -> p.message().contains("1 of 2"));
    }

    @Test
    void numbersOfLabelsPositionsAndRanksAreCompared() {
        AgentProfile three = agent("imdb", model("a".repeat(64), "a".repeat(64)), dataset(3), 4);
        List<Problem> problems = check(JOB.replace("reviews}", "reviews, max-length: 513}"), three);
        assertThat(problems)
                .extracting(Problem::field)
                .containsExactly("task.max-length", "task.labels", "adapter.rank");
        assertThat(problems.get(2).message()).contains("imdb").contains("at most 4");
        assertThat(JobCheck.check(JobParser.document(JOB), List.of(three), true))
                .extracting(Problem::field)
                .containsExactly("task.labels");
    }

    @Test
    void aSiteNeedNotSeeEveryClassButNeedsLabels() {
        String three = JOB.replace("[negative, positive]", "[negative, neutral, positive]");
        AgentProfile one = agent("imdb", model("a".repeat(64), "a".repeat(64)), dataset(1), 64);
        AgentProfile none = agent("imdb", model("a".repeat(64), "a".repeat(64)), dataset(0), 64);

        assertThat(check(three, one)).isEmpty();
        assertThat(check(three, none)).singleElement().matches(p -> p.field().equals("task.dataset"));
    }

    @Test
    void aRankBeyondTheModuleIsRefused() {
        assertThat(check(JOB.replace("rank: 8", "rank: 33"), agent("amazon")))
                .singleElement()
                .matches(p -> p.field().equals("adapter.rank") && p.message().contains("(32)"));
    }

    @Test
    void aDatasetForAnotherTaskIsRefused() {
        assertThat(check(
                        "name: a\nbase-model: minilm\ntask: {type: causal-lm, dataset: reviews}\nadapter: {target-modules: query}\n",
                        agent("amazon")))
                .singleElement()
                .matches(p -> p.field().equals("task.type"));
    }

    @Test
    void modelAndDatasetAtDifferentAgentsMakeNoCohort() {
        AgentProfile onlyModel = new AgentProfile(
                new AgentId("one"), "1", "cpu", 0, 64, 0, agent("amazon").models(), List.of());
        AgentProfile onlyData = new AgentProfile(
                new AgentId("two"),
                "1",
                "cpu",
                0,
                64,
                0,
                List.of(),
                agent("amazon").datasets());
        assertThat(check(JOB, onlyModel, onlyData))
                .singleElement()
                .matches(p -> p.message().contains("both"));
        assertThat(check(JOB)).singleElement().matches(p -> p.message().contains("no agent is registered"));
    }

    @Test
    void agentsWithoutWhatTheJobAsksForDoNotCount() {
        AgentProfile small = agent("amazon");
        AgentProfile large = new AgentProfile(
                new AgentId("yelp"), "1", "NVIDIA L4", 24_000_000_000L, 64, 0, small.models(), small.datasets());
        String onGpu = JOB + "cohort: {device: gpu, memory: 16GB, quorum: %d}\n";
        assertThat(check(onGpu.formatted(1), small, large)).isEmpty();
        assertThat(check(onGpu.formatted(2), small, large))
                .singleElement()
                .matches(p -> p.field().equals("cohort.quorum") && p.message().contains("1 of 1 eligible"));
        assertThat(check(onGpu.formatted(1), small))
                .singleElement()
                .matches(p -> p.field().equals("cohort") && p.message().contains("amazon trains on cpu"));
    }

    @Test
    void cohortSizesAreRoundedUp() {
        assertThat(rules(1).cohortOf(3)).isEqualTo(3);
        assertThat(rules(0.5).cohortOf(3)).isEqualTo(2);
        assertThat(rules(0.1).cohortOf(30)).isEqualTo(3);
        assertThat(rules(0.001).cohortOf(3)).isEqualTo(1);
        assertThat(rules(1).cohortOf(0)).isZero();
        assertThat(rules(1).quorumOf(3)).isEqualTo(3);
    }

    private static Job.CohortRules rules(double fraction) {
        return new Job.CohortRules(fraction, 0, java.time.Duration.ofMinutes(1), false);
    }

    private static List<Problem> check(String job, AgentProfile... agents) {
        return JobCheck.check(JobParser.document(job), List.of(agents), false);
    }

    private static AgentProfile agent(String id) {
        return agent(id, model("a".repeat(64), "a".repeat(64)), dataset(2), 64);
    }

    private static AgentProfile agent(String id, ModelDescriptor model, DatasetDescriptor dataset, int maxRank) {
        return new AgentProfile(new AgentId(id), "1", "cpu", 1L << 30, maxRank, 0, List.of(model), List.of(dataset));
    }

    private static DatasetDescriptor dataset(int labels) {
        return new DatasetDescriptor("reviews", "sequence-classification", labels, List.of("text", "label"), 100, 50);
    }

    private static ModelDescriptor model(String weights, String tokenizer) {
        return new ModelDescriptor(
                "minilm",
                "BertModel",
                weights,
                tokenizer,
                new TreeMap<>(Map.of(
                        "layer.0.attention.self.query", new LinearShape(32, 32),
                        "layer.0.attention.self.value", new LinearShape(32, 32),
                        "layer.0.output.dense", new LinearShape(32, 128))),
                32,
                512);
    }
}
