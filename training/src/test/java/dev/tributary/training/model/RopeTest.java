package dev.tributary.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RopeTest {

    private static Rope rope(String json) {
        return Rope.of(ModelConfig.parse(json, "config.json"), 64, 131072);
    }

    @Test
    void olderAndCurrentSpellingsMeanTheSame() {
        Rope older = rope("""
                {"rope_theta": 500000.0, "rope_scaling": {"type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                 "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}}""");
        Rope current = rope("""
                {"rope_parameters": {"rope_theta": 500000.0, "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                 "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}}""");

        assertThat(older.frequencies()).isEqualTo(current.frequencies());
        assertThat(older.frequencies()[0]).isEqualTo(1);
        assertThat(older.frequencies()[31])
                .isEqualTo((float) (RopeScaling.plain(64, 500000)[31] / 8)); // the longest wave is stretched in full
    }

    @Test
    void nullScalingIsNoScaling() {
        assertThat(rope("{\"rope_theta\": 10000.0, \"rope_scaling\": null}").frequencies())
                .isEqualTo(RopeScaling.plain(64, 10000));
    }

    @Test
    void yarnTurnsTheFastDimensionsAsBefore() {
        Rope yarn = rope("""
                {"rope_theta": 1000000.0, "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
                 "original_max_position_embeddings": 32768}}""");
        float[] plain = RopeScaling.plain(64, 1000000);

        assertThat(yarn.frequencies()[0]).isEqualTo(plain[0]);
        assertThat(yarn.frequencies()[31]).isEqualTo(plain[31] / 4);
        assertThat(yarn.amplitude()).isEqualTo(0.1 * Math.log(4) + 1);
    }

    @Test
    void unknownScalingIsRefusedWithTheSupportedOnes() {
        assertThatThrownBy(() -> rope("{\"rope_scaling\": {\"rope_type\": \"longrope\"}}"))
                .hasMessageContaining("'longrope' is not supported")
                .hasMessageContaining("llama3");
    }
}
