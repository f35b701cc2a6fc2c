package dev.tributary.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorRole;
import dev.tributary.agent.execute.RefusedException;
import dev.tributary.agent.yaml.YamlFileException;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Plan;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.TensorTerms.Send;
import dev.tributary.plan.TensorTerms.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

    private static final Job.Training TRAINING =
            new Job.Training(2, 0, 16, 1, 1e-3, 5e-3, "adamw", 0.01, 0, 0, "constant", 0);

    @TempDir
    private Path directory;

    @Test
    void anEmptyListAllowsNothingAndAMissingKeyEverything() {
        assertThat(policy("max-rank: 64\n").violations(train(), 100)).isEmpty();
        assertThat(policy("base-models: []\n").violations(train(), 100))
                .singleElement()
                .asString()
                .contains("minilm");
    }

    @Test
    void aPolicyThatNamesEverythingThePlanNeedsAllowsIt() {
        SitePolicy policy = policy("""
                jobs: [support-*]
                base-models: [minilm]
                datasets: [reviews]
                tasks: [sequence-classification]
                adapter-types: [lora]
                max-rank: 8
                max-rounds: 3
                max-epochs: 2
                upload: {dtypes: [fp32], tensors: [lora-a, lora-b]}
                operations: [align-to-reference]
                privacy: {unit: none}
                approval: none
                """);

        assertThat(policy.violations(train(), 100)).isEmpty();
        assertThat(policy.violations(evaluate(), 100)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jobs: [sales-*]             | support-tone-1",
                "jobs: [support]             | support-tone-1",
                "base-models: [llama]        | minilm",
                "datasets: [payroll]         | reviews",
                "tasks: [causal-lm]          | sequence-classification",
                "adapter-types: [vera]       | lora",
                "max-rank: 7                 | rank 8",
                "max-rounds: 2               | round 3",
                "max-epochs: 1               | 2 epochs",
                "upload: {dtypes: [bf16]}    | fp32",
                "upload: {tensors: [lora-b]} | LORA_A",
                "operations: []              | align-to-reference",
                "privacy: {unit: client}     | differential privacy",
            })
    void whatARuleDoesNotAllowIsNamed(String rule, String named) {
        assertThat(policy(rule).violations(train(), 100))
                .singleElement()
                .asString()
                .contains(named);
    }

    /** 100 examples in steps of 32 are four steps a pass. */
    @ParameterizedTest
    @CsvSource({"8, 100, true", "9, 100, false", "100000000, 100, false", "1, -1, false", "2, 1, true", "3, 1, false"})
    void aTrainingByStepsIsHeldAgainstMaxEpochsToo(int steps, long examples, boolean allowed) {
        Job.Training bySteps = new Job.Training(1, steps, 16, 2, 1e-3, 5e-3, "adamw", 0.01, 0, 0, "constant", 0);
        List<String> violations = policy("max-epochs: 2\n").violations(train(bySteps), examples);
        assertThat(violations.isEmpty()).as("%s", violations).isEqualTo(allowed);
        assertThat(violations).allSatisfy(text -> assertThat(text).contains("max-epochs 2", steps + " steps"));
    }

    @Test
    void allViolationsAreToldAtOnce() {
        assertThat(policy("jobs: []\nmax-rank: 1\nupload: {dtypes: [bf16]}\n").violations(train(), 100))
                .hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "job: [a]",
                "upload: {dtypes: [int8]}",
                "upload: {tensors: [everything]}",
                "privacy: {unit: secret}",
                "approval: maybe",
                "tasks: [translation]",
                "max-rank: -1"
            })
    void aPolicyWithAMistakeIsRefusedAtTheStart(String text) {
        YamlFileException e = catchThrowableOfType(YamlFileException.class, () -> policy(text));

        assertThat(e.problems()).hasSize(1);
    }

    @Test
    void aJobIsCarriedOutOnlyAfterItWasApproved() {
        Approvals approvals = new Approvals(directory);
        PolicyGate gate = new PolicyGate(policy("approval: required\n"), approvals, plan -> 100);

        RefusedException refused = catchThrowableOfType(RefusedException.class, () -> gate.check(train()));
        assertThat(refused.reason()).isEqualTo("policy");
        String hash = approvals.waiting().firstKey();
        assertThat(refused).hasMessageContaining(hash);
        assertThat(approvals.waiting().get(hash)).contains("support-tone-1").contains("LORA_A");

        new Approvals(directory).approve(hash);
        gate.check(train());
        gate.check(evaluate());
        assertThat(approvals.waiting()).isEmpty();

        approvals.revoke(hash);
        assertThatThrownBy(() -> gate.check(train())).isInstanceOf(RefusedException.class);
    }

    @Test
    void anEvaluationOfAJobThatIsNotApprovedIsRefused() {
        PolicyGate gate = new PolicyGate(policy("approval: required\n"), new Approvals(directory), plan -> 100);

        assertThatThrownBy(() -> gate.check(evaluate()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("not approved");
    }

    @Test
    void theHashChangesWithEverythingThatMattersAndNotWithTheRound() {
        Plan.Train plan = train();
        String hash = JobTerms.of(plan).hash();

        assertThat(JobTerms.of(train("p9", 9, "reviews", Send.VALUE)).hash()).isEqualTo(hash);
        assertThat(JobTerms.of(train("p1", 1, "payroll", Send.VALUE)).hash()).isNotEqualTo(hash);
        assertThat(JobTerms.of(train("p1", 1, "reviews", Send.DELTA)).hash()).isNotEqualTo(hash);
    }

    @Test
    void aCoordinatorsTextCannotPretendToBeAnotherLine() {
        JobTerms terms = JobTerms.of(train("p1", 1, "x'\nupload: 'nothing", Send.VALUE));

        assertThat(terms.text().lines().filter(line -> line.startsWith("upload:")))
                .containsExactly("upload: 'fp32'");
    }

    @Test
    void onlyAJobThatWaitsCanBeApproved() {
        Approvals approvals = new Approvals(directory);

        assertThatThrownBy(() -> approvals.approve("0".repeat(64))).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> approvals.revoke("../../etc/passwd")).isInstanceOf(IllegalArgumentException.class);
    }

    private SitePolicy policy(String text) {
        try {
            return PolicyFile.read(Files.writeString(directory.resolve("policy.yaml"), text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Plan.Train train() {
        return train("p3", 3, "reviews", Send.VALUE);
    }

    private static Plan.Train train(String planId, int round, String dataset, Send send) {
        return train(planId, round, dataset, send, TRAINING);
    }

    private static Plan.Train train(Job.Training training) {
        return train("p3", 3, "reviews", Send.VALUE, training);
    }

    private static Plan.Train train(String planId, int round, String dataset, Send send, Job.Training training) {
        return new Plan.Train(
                header(planId, round),
                model(dataset),
                List.of(
                        new TensorTerms(TensorRole.LORA_A, Source.SERVER, true, send, false),
                        new TensorTerms(TensorRole.LORA_R, Source.SERVER, true, Send.NOTHING, false)),
                List.of(new Plan.Operation("align-to-reference", new TreeMap<>())),
                training,
                "fp32",
                round);
    }

    private static Plan.Evaluate evaluate() {
        return new Plan.Evaluate(header("e3", 3), model("reviews"), List.of(), 16);
    }

    private static Plan.Header header(String planId, int round) {
        return new Plan.Header(planId, new JobId("support-tone-1"), round, 1, Instant.EPOCH.plusSeconds(round));
    }

    private static Plan.ModelState model(String dataset) {
        return new Plan.ModelState(
                "minilm",
                "w",
                "t",
                new Job.Task("sequence-classification", List.of("negative", "positive"), dataset, 128, "mean"),
                AdapterConfig.lora(8, 16, List.of("query")),
                new StateRef(0, new TreeMap<>(), List.of(), new TreeMap<>()));
    }
}
