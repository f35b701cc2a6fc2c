package dev.tributary.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AdapterConfigTest {

    private static AdapterConfig config(String type, Map<String, Integer> ranks, Map<String, Double> alphas) {
        return new AdapterConfig(
                type, 4, 8, List.of("q"), new TreeMap<>(ranks), new TreeMap<>(alphas), 0, List.of(), "kaiming");
    }

    @Test
    void scalingIsAlphaOverRankOrItsRoot() {
        assertThat(config("lora", Map.of(), Map.of()).scalingOf("q")).isEqualTo(2);
        assertThat(config("rslora", Map.of(), Map.of()).scalingOf("q")).isEqualTo(4);
    }

    @Test
    void patternsMatchTheWholePathItsEndOrAnExpression() {
        AdapterConfig config =
                config("lora", Map.of("layer.1.q", 16, "v", 2, "layer\\.[78]\\..*", 1), Map.of("v", 3.0));
        assertThat(config.rankOf("layer.1.q")).isEqualTo(16);
        assertThat(config.rankOf("encoder.layer.1.q")).isEqualTo(16);
        assertThat(config.rankOf("encoder.layer.11.q")).isEqualTo(4);
        assertThat(config.rankOf("encoder.layer.11.v")).isEqualTo(2);
        assertThat(config.rankOf("encoder.layer.7.q")).isEqualTo(1);
        assertThat(config.scalingOf("layer.0.v")).isEqualTo(1.5);
    }

    @Test
    void nonsenseIsRefusedOnConstruction() {
        assertThatThrownBy(() -> AdapterConfig.lora(0, 1, List.of())).hasMessageContaining("rank must be ≥ 1, was 0");
        assertThatThrownBy(() -> AdapterConfig.lora(1, Double.NaN, List.of())).hasMessageContaining("alpha");
        assertThatThrownBy(() -> config("lora", Map.of("q", 0), Map.of())).hasMessageContaining("rank of q");
        assertThatThrownBy(() -> config("lora", Map.of(), Map.of("q", -1.0))).hasMessageContaining("alpha of q");
    }
}
