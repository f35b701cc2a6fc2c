package dev.tributary.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.agent.testing.ScriptedEngine;
import dev.tributary.plan.Job;
import dev.tributary.training.TrainingCancelledException;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimulatedDeviceTest {
    private static final String A = "m.query.lora_A.weight";
    private static final int WIDTH = 250_000; // a megabyte

    private Duration waited = Duration.ZERO;

    private TrainingEngine device(double dropOut, double bytesPerSecond) {
        return new SimulatedDevice(
                new ScriptedEngine(Map.of(), 1),
                new DeviceProfile(1, 8, dropOut, bytesPerSecond, 5),
                time -> waited = waited.plus(time));
    }

    private static TrainingEngine.Trained train(TrainingEngine engine, TrainingEngine.ProgressListener progress) {
        Tensors start = Tensors.builder().put(A, new float[WIDTH], 1, WIDTH).build();
        Workload work = new Workload(
                Path.of("model"),
                new Job.Task("causal-lm", List.of(), "texts", 8, "mean"),
                AdapterConfig.lora(1, 1, List.of("query")),
                List.of(),
                "",
                start);
        Dataset one = () -> List.of(new Dataset.Example("text", 0));
        return engine.train(
                work,
                Set.of(A),
                new Job.Training(1, 0, 1, 1, 1e-3, 1e-3, "adamw", 0, 0, 0, "constant", 0),
                1,
                one,
                progress);
    }

    @Test
    void adapterAndUpdateTakeTheirTimeOnTheLine() {
        train(device(0, 2e6), (done, total) -> {});

        // A megabyte down and one up, at two a second.
        assertThat(waited).isBetween(Duration.ofMillis(950), Duration.ofMillis(1100));
    }

    @Test
    void oneThatDropsOutSaysSo() {
        assertThatThrownBy(() -> train(device(1, Double.POSITIVE_INFINITY), (done, total) -> {}))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("drops out");
    }

    @Test
    void theSeedDecidesWhichPlansFail() {
        assertThat(failures(device(0.5, Double.POSITIVE_INFINITY)))
                .isEqualTo(failures(device(0.5, Double.POSITIVE_INFINITY)))
                .contains(true, false);
    }

    private static List<Boolean> failures(TrainingEngine engine) {
        return IntStream.range(0, 16)
                .mapToObj(i -> {
                    try {
                        train(engine, (done, total) -> {});
                        return false;
                    } catch (TrainingException e) {
                        return true;
                    }
                })
                .toList();
    }

    @Test
    void oneThatIsCancelledWaitsNoLonger() {
        assertThatThrownBy(() -> train(device(0, 1), (done, total) -> {
                    throw new TrainingCancelledException("stop");
                }))
                .isInstanceOf(TrainingCancelledException.class);
        assertThat(waited).isLessThan(Duration.ofSeconds(1));
    }
}
