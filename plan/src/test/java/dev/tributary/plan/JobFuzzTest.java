package dev.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Job files that are nearly right: each is a job or is refused with problems; nothing else ever comes out. */
class JobFuzzTest {

    private static final String JOB = """
            name: tone
            base-model: minilm
            task: {type: sequence-classification, labels: [negative, positive], dataset: reviews}
            adapter: {type: lora, rank: 8, alpha: 16, target-modules: [query, value]}
            method: {name: fedex}
            training: {epochs: 1, batch-size: 16, learning-rate: 1e-3}
            rounds: 3
            cohort: {quorum: 2, deadline: 5m}
            seed: 7
            """;

    private static final String[] TOKENS = {
        "{", "}", "[", "]", ":", ", ", "- ", "\n", "  ", "&a ", "*a ", "<<: ", "!!java.lang.String ", "!!binary ",
                "|\n",
        ">-\n", "'", "\"", "#", "%YAML 1.2\n", "---\n", "...\n", "null", "~", "true", "-1", "0", "1e400", ".nan",
                ".inf",
        "0x7fffffffffffffff", "99999999999999999999", "P1D", "\t", "\u0000", "\ud800", "\ufeff", "rounds: ", "rank: "
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void mutatedFilesAreJobsOrAreRefusedWithProblems(long seed) {
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            String text = mutated(random);
            try {
                assertThat(JobParser.parse(text).name()).as(text).isNotEmpty();
            } catch (InvalidJobException e) {
                assertThat(e.problems()).as(text).isNotEmpty();
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", file:\n" + text, e);
            }
        }
        assertThat(refused).as("mutations that hurt").isBetween(100, 400);
    }

    private static String mutated(Random random) {
        StringBuilder text = new StringBuilder(JOB);
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 -> text.replace(at, end, TOKENS[random.nextInt(TOKENS.length)]);
                default -> text.insert(at, TOKENS[random.nextInt(TOKENS.length)]);
            }
        }
        return text.toString();
    }
}
