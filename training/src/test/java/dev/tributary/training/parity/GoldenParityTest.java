package dev.tributary.training.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.training.model.Device;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenParityTest {

    @ParameterizedTest
    @MethodSource("dev.tributary.training.parity.Fixtures#names")
    void everyRecordedResultOfPyTorchIsReproduced(String fixture) {
        List<ParityCheck.Check> checks = ParityCheck.run(Fixtures.directory(fixture), Device.CPU);

        checks.forEach(System.out::println);
        assertThat(checks).hasSizeGreaterThanOrEqualTo(11).allMatch(ParityCheck.Check::passed);
    }
}
