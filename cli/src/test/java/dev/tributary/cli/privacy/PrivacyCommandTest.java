package dev.tributary.cli.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.cli.CommandLineResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PrivacyCommandTest {

    @Test
    void epsilonIsThatOfOpacusByRenyiAndSmallerByLossDistributions() {
        JsonNode printed = json("privacy epsilon --sigma 1.5 --sampling-rate 0.04 --steps 2250 --delta 1e-5 --json");

        assertThat(printed.path("epsilon").asDouble()).isCloseTo(7.3291111712, within(1e-6));
        assertThat(printed.path("accountant").asString()).isEqualTo("rdp");
        assertThat(printed.at("/rdp/epsilon").asDouble())
                .isEqualTo(printed.path("epsilon").asDouble());
        assertThat(printed.at("/pld/epsilon").asDouble()).isCloseTo(6.768787, within(7e-3));
    }

    @Test
    void calibrationFindsTheNoiseOfOpacus() {
        JsonNode printed = json("privacy calibrate --epsilon 8 --sampling-rate 0.04 --steps 2000 --delta 1e-5 --json");

        assertThat(printed.path("sigma").asDouble()).isCloseTo(1.3562, within(1e-3));
        assertThat(printed.path("epsilon").asDouble()).isLessThanOrEqualTo(8).isGreaterThan(7.9999);
    }

    @Test
    void calibrationFindsTheMostStepsThatFit() {
        String options = " --sigma 1.5 --sampling-rate 0.04 --delta 1e-5 --json";
        JsonNode printed = json("privacy calibrate --epsilon 7.33" + options);
        long steps = printed.path("steps").asLong();

        assertThat(printed.path("epsilon").asDouble()).isLessThanOrEqualTo(7.33);
        assertThat(json("privacy epsilon --steps " + (steps + 1) + options)
                        .path("epsilon")
                        .asDouble())
                .isGreaterThan(7.33);
    }

    @Test
    void samplesOfFixedSizeAreAccountedForExchangingAUnit() {
        // The golden value's sigma is relative to 2C, ours to C.
        JsonNode printed =
                json("privacy epsilon --sigma 2 --sample 10 --population 1000 --steps 1000 --delta 1e-5 --json");

        assertThat(printed.path("epsilon").asDouble()).isCloseTo(3.576111482, within(1e-5));
        assertThat(printed.has("pld")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "epsilon --sigma 0 --delta 1e-5",
                "epsilon --sigma 1 --delta 2",
                "epsilon --sigma 1 --delta 1e-5 --steps 0",
                "epsilon --sigma 1 --delta 1e-5 --sampling-rate 1.5",
                "epsilon --sigma 1 --delta 1e-5 --sampling-rate 0.1 --relation replace-one",
                "epsilon --sigma 1 --delta 1e-5 --sample 5 --population 3",
                "epsilon --sigma 1 --delta 1e-5 --relation near",
                "calibrate --epsilon 1 --delta 1e-5",
                "calibrate --epsilon 1 --delta 1e-5 --steps 5 --sigma 2",
                "calibrate --epsilon -1 --delta 1e-5 --steps 5",
                "calibrate --epsilon 0.1 --delta 1e-5 --sigma 0.5"
            })
    void whatCannotBeAccountedIsRefusedWithTheOption(String line) {
        CommandLineResult result = CommandLineResult.of(("privacy " + line).split(" "));

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("--").doesNotContain("\tat ");
    }

    private static JsonNode json(String line) {
        CommandLineResult result = CommandLineResult.of(line.split(" "));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        return JsonMapper.shared().readTree(result.out());
    }
}
