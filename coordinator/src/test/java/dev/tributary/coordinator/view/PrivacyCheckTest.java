package dev.tributary.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.JobParser;
import dev.tributary.plan.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivacyCheckTest {

    private static final String JOB = """
            name: tone
            base-model: minilm
            task: {type: sequence-classification, labels: [a, b], dataset: reviews}
            adapter: {type: lora}
            training: {epochs: 1}
            privacy:
              unit: example
              trust: local
              relation: add-remove
              sampling: poisson
              sampling-rate: 0.1
              clipping: fixed
              clip: 1
              weights: uniform
              epsilon: 8
              delta: 1e-4
            """;

    private static List<Problem> problems(String document) {
        AgentProfile agent = new AgentProfile(
                new AgentId("amazon"),
                "1",
                "cpu",
                1,
                64,
                0,
                List.of(),
                List.of(new DatasetDescriptor("reviews", "sequence-classification", 2, List.of(), 690, 297)));
        return PrivacyCheck.problems(JobParser.document(document), List.of(agent));
    }

    @Test
    void termsThatHoldTogetherPass() {
        assertThat(problems(JOB)).isEmpty();
        assertThat(problems(JOB.substring(0, JOB.indexOf("privacy:")))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "trust: local, '', privacy.trust, left open",
        "relation: add-remove, '', privacy.relation, left open",
        "clipping: fixed, '', privacy.clipping, left open",
        "weights: uniform, '', privacy.weights, left open",
        "delta: 1e-4, '', privacy.delta, left open",
        "sampling-rate: 0.1, '', privacy.sampling-rate, left open",
        "delta: 1e-4, delta: 0.002, privacy.delta, not below 1/N with N = 690",
        "relation: add-remove, relation: replace-one, privacy.relation, not for replace-one",
        "weights: uniform, weights: examples, privacy.weights, depend on the data",
        "weights: uniform, weights: bounded, privacy.weights, not carried out",
        "trust: local, trust: central, privacy.trust, never sees single examples",
        "clipping: fixed, clipping: adaptive, privacy.clip, adaptive clipping needs",
        "type: lora, type: dora, adapter.type, no gradients of single examples",
        "type: lora, 'type: lora, dropout: 0.1', adapter.dropout, must be 0",
        "epochs: 1, 'epochs: 1, gradient-clipping: 1', training.gradient-clipping, no meaning",
        "epochs: 1, 'epochs: 1, gradient-accumulation: 2', training.gradient-accumulation, no meaning",
    })
    void whatIsLeftOpenOrDoesNotFitIsRefusedWithItsReason(String key, String instead, String field, String reason) {
        String document = JOB.replace(key, instead);

        assertThat(problems(document)).anySatisfy(problem -> {
            assertThat(problem.field()).isEqualTo(field);
            assertThat(problem.message()).contains(reason);
            assertThat(problem.fix()).isNotEmpty();
            assertThat(problem.line()).isPositive();
        });
    }

    @Test
    void wholeClientsAreProtectedByTheCoordinator() {
        String clients = JOB.replace("unit: example", "unit: client")
                .replace("trust: local", "trust: central")
                .replace("sampling: poisson", "sampling: full")
                .replace("  sampling-rate: 0.1\n", "");

        assertThat(problems(clients)).isEmpty();
        assertThat(problems(clients.replace("trust: central", "trust: local")))
                .extracting(Problem::field)
                .contains("privacy.trust");
        assertThat(problems(clients.replace("clipping: fixed", "clipping: adaptive")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("too few"));
        assertThat(problems(clients.replace("weights: uniform", "weights: examples")))
                .extracting(Problem::field)
                .contains("privacy.weights");
    }
}
