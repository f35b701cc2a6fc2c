package dev.tributary.coordinator.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.JobKeys;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class JobFormTest {

    private static List<JobForm.Field> fields() {
        return JobForm.groups().stream().flatMap(g -> g.fields().stream()).toList();
    }

    @Test
    void everyKeyOfAJobHasOneField() throws Exception {
        String page = new String(
                JobForm.class.getResourceAsStream("/templates/new.html").readAllBytes(), StandardCharsets.UTF_8);
        List<String> byHand = Pattern.compile("data-key=\"([^\"]+)\"")
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .toList();
        List<String> generated = fields().stream().map(JobForm.Field::key).toList();

        assertThat(byHand).containsExactlyInAnyOrderElementsOf(JobForm.BY_HAND);
        assertThat(generated).doesNotHaveDuplicates().doesNotContainAnyElementsOf(byHand);
        TreeSet<String> missing = new TreeSet<>();
        JobKeys.entries().stream()
                .filter(key -> !JobForm.isMap(key))
                .filter(key -> !byHand.contains(key.path()) && !generated.contains(key.path()))
                .forEach(key -> missing.add(key.path()));
        assertThat(missing).isEmpty();
    }

    @Test
    void whatIsChosenFromAListIsASelection() {
        assertThat(fields())
                .filteredOn(field -> field.key().equals("mode"))
                .singleElement()
                .satisfies(mode -> {
                    assertThat(mode.options()).containsExactly("sync", "async");
                    assertThat(mode.fallback()).isEqualTo("sync");
                    assertThat(mode.label()).isEqualTo("Mode");
                });
    }
}
