package dev.tributary.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.coordinator.StartException;
import dev.tributary.protocol.memory.InMemoryNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartTest {

    @TempDir
    Path directory;

    private CoordinatorOptions options() {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("wire"));
        return CoordinatorOptions.in(directory.resolve("data")).httpPort(0).transport(network::coordinator);
    }

    private static void refused(CoordinatorOptions options, String... words) {
        assertThatThrownBy(() -> Coordinator.start(options).close())
                .isInstanceOf(StartException.class)
                .message()
                .contains(words);
    }

    @Test
    void aPortInUseIsNamedWithTheKeyThatChangesIt() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            refused(
                    options().httpPort(taken.getLocalPort()),
                    String.valueOf(taken.getLocalPort()),
                    "in use",
                    "tributary.http.port");
        }
    }

    @Test
    void anUnknownKeyIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("c.yaml"), "tributary:\n  leases:\n    silense: 3s\n");

        refused(options().config(file), "tributary.leases.silense");
    }

    @Test
    void aBadValueIsNamedWithItsKey() {
        refused(options().with("tributary.rounds.max-attempts", 0), "tributary.rounds.max-attempts", "0");
        refused(options().with("tributary.broker.mode", "external"), "tributary.broker.bootstrap-servers");
        refused(options().with("tributary.leases.stall", "soon"), "tributary.leases.stall");
    }

    @Test
    void privacyLedgersOutsideTheSharedDirectoryAreNotForgotten() throws IOException {
        Files.createDirectories(directory.resolve("data/privacy"));

        refused(
                options()
                        .with(
                                "tributary.shared-dir",
                                directory.resolve("shared").toString()),
                directory.resolve("data/privacy").toString(),
                "move",
                directory.resolve("shared/privacy").toString());
    }

    @Test
    void aMissingConfigurationFileIsNamed() {
        refused(options().config(directory.resolve("nothing.yaml")), "nothing.yaml");
    }

    @Test
    void twoCoordinatorsOnOneDataDirectoryAreRefused() {
        try (Coordinator first = Coordinator.start(options())) {
            assertThat(first.httpPort()).isPositive();
            refused(options(), "in use by another coordinator", "tributary.data-dir");
        }
    }

    @Test
    void theConfigurationFileIsRead() throws IOException {
        Path file = Files.writeString(
                directory.resolve("c.yaml"), "tributary:\n  federation: from-file\n  leases:\n    silence: 7s\n");
        try (Coordinator coordinator = Coordinator.start(options().config(file))) {
            assertThat(coordinator.bootstrapServers()).isEmpty();
            assertThat(coordinator.views().jobs()).isEmpty();
        }
    }
}
