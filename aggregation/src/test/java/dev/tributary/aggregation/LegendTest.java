package dev.tributary.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.aggregation.method.FedAvg;
import dev.tributary.aggregation.method.FedEx;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.plan.Job;
import dev.tributary.plan.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegendTest {

    private static final Map<String, String> LEGEND = Map.of("configurator", "legend");
    private static final String FIRST_B = "layer.0.query.lora_B.weight";
    private static final String LAST_B = "layer.1.query.lora_B.weight";

    @TempDir
    Path directory;

    private Federation federation() {
        return new Federation(new FedAvg(), Federation.lora(4), LEGEND, directory);
    }

    /** Updates of a round in which agent i took so many seconds. */
    private static List<ReceivedUpdate> timed(List<ReceivedUpdate> updates, double... seconds) {
        List<ReceivedUpdate> timed = new ArrayList<>();
        for (ReceivedUpdate u : updates) {
            timed.add(new ReceivedUpdate(
                    u.agent(), u.config(), u.examples(), u.weight(), u.tensors(), seconds[timed.size()]));
        }
        return timed;
    }

    private static List<Integer> sizes(Federation federation, GlobalState state, int agents) {
        return federation.updates(state, agents, 9).stream()
                .map(update -> (int) update.tensors().layout().names().stream()
                        .filter(name -> name.endsWith("lora_B.weight"))
                        .count())
                .toList();
    }

    @Test
    void aSlowAgentTrainsOnlyTheLayersNearTheOutput() {
        Federation federation = federation();
        GlobalState initial = federation.initial();
        assertThat(sizes(federation, initial, 3)).containsExactly(4, 4, 4);
        GlobalState state = federation.after(initial, timed(federation.updates(initial, 3, 1), 10, 30, 11));

        assertThat(sizes(federation, state, 3)).containsExactly(4, 2, 2);
        assertThat(federation.updates(state, 3, 2).get(1).tensors().layout().names())
                .contains(LAST_B, "classifier.weight")
                .doesNotContain(FIRST_B);
    }

    @Test
    void oneAgentThatClaimsNoTimeDoesNotSlowTheOthers() {
        Federation federation = federation();
        GlobalState initial = federation.initial();
        GlobalState state = federation.after(initial, timed(federation.updates(initial, 5, 1), 1e-9, 10, 10, 10, 10));

        assertThat(sizes(federation, state, 5)).containsExactly(4, 4, 4, 4, 4);
    }

    @Test
    void agentsOfEqualSpeedTrainEverything() {
        Federation federation = federation();
        GlobalState initial = federation.initial();
        GlobalState state = federation.after(initial, timed(federation.updates(initial, 3, 1), 10, 10, 10));

        assertThat(sizes(federation, state, 3)).containsExactly(4, 4, 4);
    }

    @Test
    void aLayerIsTheMeanOverThoseThatTrainedIt() {
        Federation federation = federation();
        GlobalState initial = federation.initial();
        GlobalState state = federation.after(initial, timed(federation.updates(initial, 3, 1), 10, 30, 30));
        List<ReceivedUpdate> updates = federation.updates(state, 3, 2);
        float[] first = federation.after(state, updates).tensors().read(FIRST_B);
        float[] last = federation.after(state, updates).tensors().read(LAST_B);

        assertThat(first).isEqualTo(updates.get(0).tensors().read(FIRST_B));
        double mean = 0;
        for (ReceivedUpdate update : updates) {
            mean += update.weight() * update.tensors().read(LAST_B)[0];
        }
        assertThat((double) last[0]).isCloseTo(mean, within(1e-6));
        List<ReceivedUpdate> slow = updates.subList(1, 3);
        assertThat(federation.after(state, slow).tensors().read(FIRST_B))
                .isEqualTo(state.tensors().read(FIRST_B));
    }

    @ParameterizedTest
    @CsvSource({"1, 12", "1.5, 4", "2, 1", "9, 1", "0.5, 12"})
    void depthFallsWithTheCostAndMeetsTheDeadline(double cost, int depth) {
        double deadline = 2 * 12 * 1.0;
        int chosen = Legend.depth(cost, deadline, 12);

        assertThat(chosen).isEqualTo(depth);
        assertThat(cost * (12 + chosen) <= deadline + 1e-9 || chosen == 1).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"lora, 4, 8", "rslora, 4, 8"})
    void ranksRiseTowardsTheOutputAtTheSameScaling(String type, int first, int last) {
        AdapterConfig adapter = Federation.lora(8).withType(type);
        Job job = Federation.job("fedavg", adapter, LEGEND, "fp32");
        AdapterConfig found = new FedAvg().configured(job, Federation.model()).adapter();

        assertThat(found.rankOf("layer.0.query")).isEqualTo(first);
        assertThat(found.rankOf("layer.1.value")).isEqualTo(last);
        assertThat(found.scalingOf("layer.0.query")).isCloseTo(adapter.scalingOf("layer.0.query"), within(1e-12));
    }

    @Test
    void aJobWithoutItKeepsItsRanks() {
        Job job = Federation.job("fedavg", Federation.lora(8), Map.of(), "fp32");
        assertThat(new FedAvg().configured(job, Federation.model())).isEqualTo(job);
    }

    @Test
    void whatItDoesNotGoWithIsRefusedTogether() {
        Job products = Federation.job("fedex", Federation.lora(3), LEGEND, "fp32");
        assertThat(new FedEx().check(products, Federation.model()))
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem.fix()).contains("fedavg").doesNotContain("fedex"));
        Job both = Federation.job(
                "fedavg", Federation.lora(3), Map.of("configurator", "legend", "control-variates", "scaffold"), "fp32");
        assertThat(new FedAvg().check(both, Federation.model()))
                .extracting(Problem::field)
                .contains("aggregation.configurator");
    }
}
