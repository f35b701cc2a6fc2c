package dev.tributary.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.aggregation.testing.MovedBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract of all methods compares the forecast of plain jobs with what moves; here are options and adapters. */
class TrafficForecastTest {

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @CsvSource({
        "fed-sb, initialisation=federated-range, lora, fp32",
        "fed-sb, initialisation=weight-svd, lora, fp32",
        "fedsvd, svd-period=2, lora, fp32",
        "flora, warm-start=true, lora, fp32",
        "fedex, residual-rank=3, lora, fp32",
        "fedex, '', pissa, fp32",
        "fedavg, '', dora, fp32",
        "fedavg, '', vera, fp32",
        "fedavg, server-optimizer=fedadam, lora, fp32",
        "fedavg, control-variates=scaffold, lora, bf16",
        "rolora, control-variates=scaffold, lora, fp32",
        "fedsa, head=kept, lora, fp32",
        "ravan, heads=2, lora, bf16",
    })
    void optionsAndAdaptersMoveWhatWasForecast(String method, String options, String type, String dtype)
            throws IOException {
        Federation federation = new Federation(
                Methods.find(method).orElseThrow(),
                Federation.lora(4).withType(type),
                options(options),
                dtype,
                directory);
        MovedBytes.assertForecast(federation, 4, directory);
    }

    @ParameterizedTest
    @CsvSource({"fedex", "flora", "fedmomentum", "flexlora", "hetlora", "ffa", "fslora"})
    void agentsOfUnequalRanksMoveWhatWasForecast(String method) throws IOException {
        Federation federation =
                new Federation(Methods.find(method).orElseThrow(), Federation.lora(4), Map.of(), directory);
        federation.maxRanks = new int[] {4, 2, 3};
        MovedBytes.assertForecast(federation, 3, directory);
    }

    @Test
    void layersOfUnequalRankAreCountedWithTheirOwn() throws IOException {
        AdapterConfig adapter = new AdapterConfig(
                "lora",
                4,
                8,
                List.of("query", "value"),
                new TreeMap<>(Map.of("layer.0.query", 2)),
                new TreeMap<>(),
                0,
                List.of(),
                "kaiming");
        Federation federation = new Federation(Methods.find("fedavg").orElseThrow(), adapter, Map.of(), directory);
        MovedBytes.assertForecast(federation, 2, directory);
    }

    @Test
    void noValueIsDrawnForAModelThatFitsNoMemory() {
        AdapterConfig adapter = AdapterConfig.lora(1 << 20, 1, List.of("query", "value"));
        List<TrafficForecast.Round> rounds = TrafficForecast.rounds(
                Methods.find("fedavg").orElseThrow(),
                Federation.job("fedavg", adapter, Map.of(), "fp32"),
                Federation.model(),
                List.of(Federation.profile(Federation.agent(0), 1 << 20)),
                1,
                1);
        assertThat(rounds.get(0).before()).isGreaterThan(1L << 28);
    }

    private static Map<String, String> options(String text) {
        return Arrays.stream(text.split(";"))
                .filter(option -> !option.isEmpty())
                .map(option -> option.split("="))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }
}
