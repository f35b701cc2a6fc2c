package dev.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JobKeysTest {

    @Test
    void everyKeyIsDescribedAndItsDefaultIsValid() {
        assertThat(JobKeys.entries()).allSatisfy(e -> {
            assertThat(e.description()).as(e.path()).isNotBlank();
            assertThat(e.type()).as(e.path()).isNotBlank();
            assertThat(e.required() && !e.defaultValue().isEmpty()).as(e.path()).isFalse();
        });
        assertThat(JobKeys.ALL).allSatisfy(k -> {
            if (k.type() instanceof KeyType.Scalar scalar && !k.fallback().isEmpty()) {
                assertThat(scalar.read(k.fallback())).as(k.path()).isPresent();
            }
        });
    }

    @Test
    void pathsAreUniqueAndNeverBothKeyAndSection() {
        assertThat(JobKeys.ALL).extracting(JobKeys.Key::path).doesNotHaveDuplicates();
        assertThat(JobKeys.ALL).noneMatch(k -> JobKeys.isSection(k.path()));
    }

    @Test
    void slipsOfTheFingerFindTheirKey() {
        assertThat(Suggestions.key("training", "batchSize")).contains("training.batch-size");
        assertThat(Suggestions.key("", "rank")).contains("adapter.rank");
        assertThat(Suggestions.key("", "qourum")).contains("cohort.quorum");
        assertThat(Suggestions.key("adapter", "lora_alpha")).contains("adapter.alpha");
        assertThat(Suggestions.key("", "zzzzzzzz")).isEmpty();
        assertThat(Suggestions.distance("ab", "ba")).isEqualTo(1);
        assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3);
    }
}
