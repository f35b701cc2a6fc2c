package dev.tributary.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tributary.cli.CliException;
import dev.tributary.cli.local.DeviceProfile;
import dev.tributary.cli.local.LocalSite;
import dev.tributary.plan.AgentId;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DeviceOptionsTest {
    private static final List<LocalSite> SITES = IntStream.range(0, 200)
            .mapToObj(i -> new LocalSite(new AgentId("agent-" + i), new TreeMap<>()))
            .toList();

    private static List<DeviceProfile> drawn(String... options) {
        DeviceOptions devices = new DeviceOptions();
        new CommandLine(new Holder(devices)).parseArgs(options);
        return devices.equip(SITES).stream().map(LocalSite::device).toList();
    }

    @CommandLine.Command
    private static final class Holder {
        @CommandLine.Mixin
        private final DeviceOptions devices;

        Holder(DeviceOptions devices) {
            this.devices = devices;
        }
    }

    @Test
    void withoutOptionsEveryDeviceIsThisMachine() {
        assertThat(drawn()).allSatisfy(device -> {
            assertThat(device.speed()).isEqualTo(1);
            assertThat(device.dropOut()).isZero();
            assertThat(device.bytesPerSecond()).isInfinite();
        });
    }

    @Test
    void devicesLieInTheirRangesAndFollowTheSeed() {
        String[] options = {
            "--device-speed=0.1:1", "--device-ranks=4,8", "--device-drop-out=0:0.5", "--device-bandwidth=1:100"
        };
        List<DeviceProfile> devices = drawn(options);

        assertThat(devices).allSatisfy(device -> {
            assertThat(device.speed()).isBetween(0.1, 1.0);
            assertThat(device.maxRank()).isIn(4, 8);
            assertThat(device.dropOut()).isBetween(0.0, 0.5);
            assertThat(device.bytesPerSecond()).isBetween(1e6, 1e8);
        });
        // Even on a logarithmic scale: half of them below the geometric mean, 0.316.
        assertThat(devices.stream().filter(device -> device.speed() < 0.316).count())
                .isBetween(75L, 125L);
        assertThat(drawn(options)).isEqualTo(devices);
        assertThat(devices).extracting(DeviceProfile::speed).doesNotHaveDuplicates();
    }

    @Test
    void whatCannotBeIsRefusedWithItsOption() {
        for (String option : List.of("--device-speed=2", "--device-drop-out=0.5:x", "--device-bandwidth=9:1")) {
            assertThatExceptionOfType(CliException.class)
                    .isThrownBy(() -> drawn(option))
                    .withMessageContaining("--device");
        }
    }
}
