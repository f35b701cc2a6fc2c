package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "job",
                "model",
                "adapter",
                "audit",
                "privacy",
                "nonsense",
                "demo --rounds=many",
                "agent",
                "coordinator --port=1"
            })
    void wrongUsageIsStatusTwoAndSaysSoOnStderr(String line) {
        CommandLineResult result = CommandLineResult.of(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("tributary");
    }

    @Test
    void helpIsStatusZeroAndListsTheCommands() {
        CommandLineResult result = CommandLineResult.of("--help");

        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("demo", "simulate", "coordinator", "agent", "job", "model", "adapter");
    }

    @Test
    void anAbsentCoordinatorIsNamedWithTheWayOut() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        CommandLineResult result = CommandLineResult.of("job", "list", "--coordinator", "http://127.0.0.1:" + port);

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("127.0.0.1:" + port, "--coordinator").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:8080", "ftp://x", "http://", "%%"})
    void aCoordinatorAddressThatIsNoneIsRefused(String address) {
        CommandLineResult result = CommandLineResult.of("job", "list", "--coordinator", address);

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("http://host:8080").doesNotContain("\tat ");
    }

    @Test
    void aMissingJobFileIsNamed() {
        CommandLineResult result = CommandLineResult.of(
                "job", "submit", directory.resolve("no.yaml").toString());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("no.yaml");
    }

    @Test
    void aPortInUseIsNamedWithTheOptionThatChangesIt() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandLineResult result = CommandLineResult.of(
                    "demo",
                    "--out",
                    directory.resolve("out").toString(),
                    "--port",
                    Integer.toString(taken.getLocalPort()));

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("port " + taken.getLocalPort() + " is in use", "--port");
        }
    }

    @Test
    void aDeviceThatIsNoneIsNamed() {
        CommandLineResult result =
                CommandLineResult.of("demo", "--out", directory.resolve("out").toString(), "--device", "gpu");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("--device", "'gpu'", "cuda:N").doesNotContain("\tat ");
    }

    @Test
    void anOutDirectoryThatIsAFileIsNamed() throws Exception {
        Path file = Files.writeString(directory.resolve("taken"), "");

        CommandLineResult result = CommandLineResult.of("demo", "--out", file.toString());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains(file.toString()).doesNotContain("\tat ");
    }

    @Test
    void anAdapterDirectoryThatIsNoneIsNamed() {
        CommandLineResult result = CommandLineResult.of("adapter", "inspect", directory.toString());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("adapter_config.json").doesNotContain("\tat ");
    }
}
