package dev.tributary.coordinator.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An embedded broker in a JVM of its own, which a test can kill as the kernel would. */
final class BrokerProcess implements AutoCloseable {
    private static final String UP = "broker is up";

    private final Path directory;
    private final int[] ports;
    private Process process;

    BrokerProcess(Path directory) throws IOException {
        this.directory = directory;
        this.ports = BrokerSettings.freePorts(2);
        this.process = start();
    }

    private Process start() throws IOException {
        Process started = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        directory.toString(),
                        String.valueOf(ports[0]),
                        String.valueOf(ports[1]))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.equals(UP)) {
                return started;
            }
        }
        throw new IOException("the broker's process ended before it was up");
    }

    String bootstrapServers() {
        return "127.0.0.1:" + ports[0];
    }

    /** SIGKILL: no shutdown hook, no flush. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    void startAgain() throws IOException {
        process = start();
    }

    @Override
    public void close() throws Exception {
        kill();
    }

    public static void main(String[] args) throws Exception {
        BrokerSettings settings = new BrokerSettings(
                Path.of(args[0]),
                "127.0.0.1",
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                "127.0.0.1",
                List.of(),
                Map.of(),
                null);
        EmbeddedBroker.start(settings);
        System.out.println(UP);
        int end = System.in.read(); // until the test is gone
        System.exit(end < 0 ? 0 : 1);
    }
}
