package dev.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AgentNeedsTest {

    @Test
    void anAgentWithoutTheDeviceIsLeftOut() {
        assertThat(AgentNeeds.of("gpu", "0GB").lack(agent("cpu", 8))).contains("trains on cpu");
        assertThat(AgentNeeds.of("gpu", "0GB").lack(agent("NVIDIA L4", 8))).isEmpty();
        assertThat(AgentNeeds.of("cpu", "0GB").lack(agent("NVIDIA L4", 8))).contains("trains on NVIDIA L4");
        assertThat(AgentNeeds.NONE.lack(agent("NVIDIA L4", 0))).isEmpty();
    }

    @Test
    void anAgentWithLessMemoryIsLeftOut() {
        assertThat(AgentNeeds.of("any", "8GB").lack(agent("cpu", 8))).isEmpty();
        assertThat(AgentNeeds.of("any", "8GB").lack(agent("cpu", 7))).contains("has 7GB");
        assertThat(AgentNeeds.of("any", "7500MB").lack(agent("cpu", 7))).contains("has 7GB");
    }

    @Test
    void sizesAreWrittenAsTheyAreRead() {
        assertThat(AgentNeeds.of("any", "16GB").memory()).isEqualTo("16GB");
        assertThat(AgentNeeds.of("any", "500MB").memory()).isEqualTo("500MB");
        assertThat(AgentNeeds.of("any", "2000MB").memory()).isEqualTo("2GB");
    }

    private static AgentProfile agent(String device, int gigabytes) {
        return new AgentProfile(
                new AgentId("site"), "1", device, gigabytes * 1_000_000_000L, 64, 0, List.of(), List.of());
    }
}
