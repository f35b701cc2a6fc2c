package dev.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JobWriterTest {

    @ParameterizedTest
    @MethodSource("seeds")
    void everyJobComesBackFromBothForms(long seed) {
        Job job = JobParser.parse(randomJob(new Random(seed)));
        assertThat(JobParser.parse(JobWriter.json(job))).as("seed %d", seed).isEqualTo(job);
        assertThat(JobParser.parse(JobWriter.yaml(job))).as("seed %d", seed).isEqualTo(job);
        assertThat(JobWriter.json(job)).doesNotContain("\n");
    }

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @Test
    void theTextIsTheSameForEqualJobs() {
        Job a = JobParser.parse("name: a\nbase-model: m\ntask: {dataset: d, type: causal-lm}\nseed: 3\n");
        Job b = JobParser.parse("{seed: 3, task: {type: causal-lm, dataset: d}, base-model: m, name: a}");
        assertThat(JobWriter.json(a)).isEqualTo(JobWriter.json(b));
        assertThat(JobWriter.yaml(a))
                .isEqualTo(JobWriter.yaml(b))
                .startsWith("name: a\nbase-model: m\ntask:\n  type: causal-lm\n");
    }

    @Test
    void durationsAreWrittenShortAndReadBack() {
        assertThat(Durations.format(Duration.ofMinutes(10))).isEqualTo("10m");
        assertThat(Durations.format(Duration.ofSeconds(5400))).isEqualTo("1h30m");
        assertThat(Durations.parse("PT10M")).contains(Duration.ofMinutes(10));
        assertThat(Durations.parse("90s")).contains(Duration.ofSeconds(90));
        assertThat(Durations.parse("1h 30m")).contains(Duration.ofMinutes(90));
        assertThat(Durations.parse("1500ms")).contains(Duration.ofMillis(1500));
        for (String bad : new String[] {"", "10", "m", "10 minutes", "-5m", "1m1h", "PT", "99999999999999999999s"}) {
            assertThat(Durations.parse(bad).filter(d -> !d.isNegative()))
                    .as(bad)
                    .isEmpty();
        }
    }

    private static String randomJob(Random random) {
        String[] odd = {
            "yes",
            "null",
            "~",
            "1e3",
            "0x1F",
            "a: b",
            "#c",
            "'q'",
            "\"d\"",
            "é\uD83D\uDE00",
            " lead",
            "trail ",
            "- x",
            "{b",
            "*a",
            "&a",
            "!t",
            "%p",
            "@x",
            "012",
            "2001-01-01",
            "<<",
            "=",
            "back\\slash"
        };
        String word = quoted(odd[random.nextInt(odd.length)]);
        StringBuilder text = new StringBuilder();
        text.append("{name: \"job-")
                .append(random.nextInt(1000))
                .append("\", base-model: ")
                .append(word);
        if (random.nextBoolean()) {
            text.append(", task: {type: causal-lm, dataset: ").append(word).append("}");
        } else {
            text.append(", task: {type: sequence-classification, labels: [")
                    .append(word)
                    .append(", other], dataset: d}");
        }
        text.append(", adapter: {rank: ")
                .append(1 + random.nextInt(64))
                .append(", target-modules: [query, ")
                .append(word)
                .append("]");
        if (random.nextBoolean()) {
            text.append(", rank-pattern: {a.b: 3, ")
                    .append(quoted(odd[random.nextInt(5)]))
                    .append(": 4}, start-from: ")
                    .append(word);
        }
        text.append("}, training: {learning-rate: ").append(random.nextDouble() * Math.pow(10, -random.nextInt(8)));
        text.append("}, aggregation: {method: fedex, option: ").append(word).append("}");
        if (random.nextBoolean()) {
            text.append(", early-stopping: {patience: 2}");
        }
        text.append(", cohort: {quorum: ").append(random.nextBoolean() ? "all" : "3");
        text.append(", deadline: ").append(1 + random.nextInt(100_000)).append("s}, seed: ");
        return text.append(random.nextLong() & Long.MAX_VALUE).append("}").toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
