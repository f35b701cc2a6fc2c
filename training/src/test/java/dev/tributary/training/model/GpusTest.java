package dev.tributary.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.training.TrainingException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GpusTest {

    private static final Gpu H100 = new Gpu(0, "NVIDIA H100", 80L << 30, 9, 0);
    private static final Gpu V100 = new Gpu(1, "Tesla V100", 16L << 30, 7, 0);

    private static Gpus.Facts facts(boolean inBuild, int driver, String glibc, Gpu... gpus) {
        return new Gpus.Facts(inBuild, Optional.empty(), driver, glibc, List.of(gpus));
    }

    private static void refused(String setting, Gpus.Facts facts, String... words) {
        assertThatThrownBy(() -> Gpus.choose(setting, facts))
                .isInstanceOf(TrainingException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void theGpuThatIsAskedForIsTaken() {
        Gpus.Facts facts = facts(true, 13010, "2.39", H100, new Gpu(1, "NVIDIA H100", 80L << 30, 9, 0));

        assertThat(Gpus.choose("cuda", facts)).isEqualTo(Device.cuda(0));
        assertThat(Gpus.choose("cuda:1", facts)).isEqualTo(Device.cuda(1));
        assertThat(Gpus.choose("auto", facts)).isEqualTo(Device.cuda(0));
    }

    @Test
    void aBuildWithoutCudaSaysHowToBuildOne() {
        refused("cuda", facts(false, 13000, "2.39", H100), "mvn -Pgpu", "training.device: cpu");
    }

    @Test
    void aMissingDriverIsNamed() {
        Gpus.Facts none = new Gpus.Facts(true, Optional.of("there is no NVIDIA driver"), 0, "2.39", List.of());

        refused("cuda", none, "training.device cuda", "no NVIDIA driver");
    }

    @Test
    void anOldDriverIsToldFromTheOneThatIsNeeded() {
        refused("cuda", facts(true, 12080, "2.39", H100), "CUDA 12.8", "13.0", "driver 580");
    }

    @Test
    void anOldLibraryOfTheSystemIsNamed() {
        refused("cuda", facts(true, 13000, "2.4", H100), "glibc 2.35", "2.4", "Debian 12");
        assertThat(Gpus.choose("cuda", facts(true, 13000, "2.35", H100))).isEqualTo(Device.cuda(0));
    }

    @Test
    void anIndexWithoutAGpuListsThoseThereAre() {
        refused("cuda:3", facts(true, 13000, "2.39", H100), "cuda:3", "NVIDIA H100", "80 GiB");
    }

    @Test
    void aGpuThatIsTooOldIsNamedWithItsCapability() {
        refused("cuda:1", facts(true, 13000, "2.39", H100, V100), "Tesla V100", "7.0", "7.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda:0,", "cuda:,1", "cpu,cuda", "cuda,cuda"})
    void aListOfGpusHasAnIndexForEach(String setting) {
        assertThat(Gpus.isSetting(setting)).isFalse();
        assertThatThrownBy(() -> Gpus.chooseAll(setting)).isInstanceOf(TrainingException.class);
    }

    @Test
    void severalGpusAreASettingOfTheirOwn() {
        assertThat(Gpus.isSetting("cuda:0,1,12")).isTrue();
        assertThatThrownBy(() -> Gpus.choose("cuda:0,1")).hasMessageContaining("auto, cpu, cuda or cuda:N");
        assertThat(Gpus.chooseAll("cpu")).containsExactly(Device.CPU);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu", "cuda:", "cuda:x", "CUDA", ""})
    void whatIsNoDeviceIsRefusedWithTheWordsThatAre(String setting) {
        assertThatThrownBy(() -> Gpus.choose(setting))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("auto, cpu, cuda or cuda:N");
    }

    @Test
    void onThisMachineAutoAlwaysFindsADevice() {
        assertThat(Gpus.choose("auto")).isNotNull();
        assertThat(Gpus.choose("cpu")).isEqualTo(Device.CPU);
    }
}
