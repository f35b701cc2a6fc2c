package dev.tributary.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.testing.Federation;
import dev.tributary.plan.Job;
import dev.tributary.plan.Problem;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which methods work on a noisy sum of whole clients' clipped changes. */
class ClientPrivacyFitTest {

    private static List<String> problems(String name, String type) {
        FederatedMethod method = Methods.find(name).orElseThrow();
        Job open = Federation.job(name, Federation.lora(4).withType(type), Map.of(), "fp32");
        Job job = new Job(
                open.name(),
                open.baseModel(),
                open.task(),
                open.adapter(),
                open.training(),
                open.aggregation(),
                open.rounds(),
                open.keep(),
                open.cohort(),
                open.upload(),
                new Job.Privacy("client", new TreeMap<>(Map.of("trust", "central"))),
                open.seed());
        return method.check(job, Federation.model()).stream()
                .filter(problem -> problem.field().equals("privacy.unit"))
                .map(Problem::message)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"fedavg, lora", "ffa, lora", "rolora, lora", "fed-sb, lora"})
    void methodsOnSumsOfLikeMessagesDo(String method, String type) {
        assertThat(problems(method, type)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "fedex, lora, needs each agent's update by itself",
        "fslora, lora, do not all have the same tensors",
        "fedavg, pissa, begins with a round of values from the base",
    })
    void othersAreRefused(String method, String type, String reason) {
        assertThat(problems(method, type)).singleElement().asString().contains(reason);
    }
}
