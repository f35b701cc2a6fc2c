package dev.tributary.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tributary.cli.process.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole product connects to nothing but its own broker and coordinator. Three nets are out: Java's URL connections go
 * to a proxy that writes them down, no name but this machine's resolves, and the process's sockets are looked at all the time.
 */
@Tag("slow")
class NoOutboundIT {

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void aWholeRunConnectsToItselfOnly() throws Exception {
        assumeTrue(OpenedSockets.canLook(), "needs Linux's /proc");
        try (RecordingProxy proxy = new RecordingProxy();
                Processes processes = new Processes(directory)) {
            Process demo = processes.start(
                    "demo",
                    nets(proxy),
                    "demo",
                    "--rounds",
                    "1",
                    "--port",
                    "0",
                    "--out",
                    directory.resolve("out").toString());
            OpenedSockets sockets = new OpenedSockets(demo.pid());
            while (!demo.waitFor(20, TimeUnit.MILLISECONDS)) {
                sockets.look();
            }
            assertThat(demo.exitValue()).as(processes.logs()).isZero();
            assertThat(sockets.seen()).isEmpty();
            assertThat(proxy.requests()).isEmpty();
        }
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void aProgramThatPhonesHomeIsCaught() throws Exception {
        try (RecordingProxy proxy = new RecordingProxy();
                Processes processes = new Processes(directory)) {
            processes
                    .startMain("caller", nets(proxy), PhoneHome.class.getName())
                    .waitFor();

            // the JDK's client asks a second time when a server hangs up on it
            assertThat(proxy.requests()).isNotEmpty().allMatch(request -> request.contains("telemetry.example.org"));
            assertThat(Files.readString(processes.log("caller"))).contains("not resolved");
        }
    }

    /** What a library that phones home does. */
    static final class PhoneHome {
        private PhoneHome() {}

        public static void main(String[] args) {
            try {
                URI.create("http://telemetry.example.org/").toURL().openStream().close();
            } catch (IOException e) {
                System.out.println(e);
            }
            try {
                System.out.println(InetAddress.getByName("telemetry.example.org"));
            } catch (IOException e) {
                System.out.println("not resolved");
            }
        }
    }

    private List<String> nets(RecordingProxy proxy) throws IOException {
        Path hosts = Files.writeString(
                directory.resolve("hosts"),
                "127.0.0.1 localhost\n127.0.0.1 " + InetAddress.getLocalHost().getHostName() + "\n");
        return List.of(
                "-Djdk.net.hosts.file=" + hosts,
                "-Dhttp.proxyHost=127.0.0.1",
                "-Dhttp.proxyPort=" + proxy.port(),
                "-Dhttps.proxyHost=127.0.0.1",
                "-Dhttps.proxyPort=" + proxy.port());
    }
}
