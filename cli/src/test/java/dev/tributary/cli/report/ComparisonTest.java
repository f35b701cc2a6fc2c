package dev.tributary.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static Comparison.Run run(String method, String seed, double... accuracies) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("method", method);
        settings.put("seed", seed);
        List<Report.Round> rounds = new java.util.ArrayList<>();
        for (double accuracy : accuracies) {
            rounds.add(Reports.round(rounds.size() + 1, accuracy, List.of("amazon"), List.of(), List.of()));
        }
        return accuracies.length == 0
                ? new Comparison.Run(settings, Optional.empty(), "no, \"never\"")
                : new Comparison.Run(settings, Optional.of(Reports.report(method, rounds)), "");
    }

    private static final Comparison COMPARISON = new Comparison(
            "tone & more",
            List.of(
                    run("fedavg", "1", 0.80, 0.90),
                    run("fedavg", "2", 0.82, 0.94),
                    run("fedex", "1", 0.85, 0.95),
                    run("fedex", "2")));

    @Test
    void seedsAreRepetitionsOfOneCombination() {
        Comparison.Group first = COMPARISON.groups().get(0);

        assertThat(COMPARISON.groups()).extracting(Comparison.Group::name).containsExactly("fedavg", "fedex");
        assertThat(first.byRound(2, round -> round.mean("accuracy")))
                .containsExactly(new double[] {0.81, 0.92}, within(1e-12));
        assertThat(first.last(round -> round.mean("accuracy")).text("accuracy")).isEqualTo("92.00 % ± 2.83 %");
    }

    @Test
    void theTableHasALineForEachCombination() {
        assertThat(ComparisonTable.lines(COMPARISON))
                .hasSize(4)
                .anySatisfy(line -> assertThat(line).startsWith("fedavg").contains("92.00 % ± 2.83 %"))
                .anySatisfy(line -> assertThat(line).startsWith("fedex").contains("1 of 2", "95.00 %"));
        assertThat(ComparisonTable.problems(COMPARISON)).containsExactly("method=fedex seed=2: no, \"never\"");
    }

    @Test
    void theCsvHasALineForEachRunAndRound() {
        List<String> lines = ComparisonTable.csv(COMPARISON).lines().toList();

        assertThat(lines).hasSize(1 + 2 + 2 + 2 + 1);
        assertThat(lines.get(0)).startsWith("method,seed,status,round,accepted,accuracy,loss");
        assertThat(lines.get(2)).startsWith("fedavg,1,completed,2,1,0.9,0.3,3.1E-7,,1234567,987654,7.5");
        assertThat(lines.get(7)).startsWith("fedex,2,failed,").endsWith("\"no, \"\"never\"\"\"");
    }

    @Test
    void thePageHasALineAndARowForEachCombination() {
        String html = ComparisonHtml.write(COMPARISON);

        assertThat(html)
                .contains("tone &amp; more", "<i class=\"s1\"></i>fedex", "92.00 % ± 2.83 %", "no, &quot;never&quot;")
                .doesNotContain("http:", "https:");
        assertThat(html.split("class=\"line s0\"", -1)).hasSize(3); // accuracy and loss
    }

    @Test
    void aComparisonWithoutAnyResultIsStillAPage() {
        Comparison none = new Comparison("none", List.of(run("fedex", "1")));

        assertThat(ComparisonHtml.write(none)).contains("never").doesNotContain("<svg");
        assertThat(ComparisonTable.lines(none)).hasSize(3);
    }
}
