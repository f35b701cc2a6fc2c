package dev.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JobDraftTest {

    private static final String JOB = """
            name: tone
            base-model: minilm
            task: {type: sequence-classification, labels: [negative, positive], dataset: reviews}
            adapter: {type: lora, rank: 0, target-modules: [query]}
            aggregation: {method: nothing}
            rounds: 2
            """;

    @Test
    void wrongValuesAreReplacedByTheirDefaults() {
        JobDocument draft = JobParser.draft(JOB).orElseThrow();

        assertThat(draft.job().adapter().rank()).isPositive();
        assertThat(draft.job().aggregation().method()).isEqualTo("nothing");
        assertThat(draft.line("aggregation.method")).isEqualTo(5);
    }

    @Test
    void withoutARequiredKeyThereIsNoDraft() {
        assertThat(JobParser.draft("name: [tone")).isEmpty();
        assertThat(JobParser.draft("")).isEmpty();
    }
}
