package dev.tributary.cli.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Commands of ours, each in a Java VM of its own; all are killed at the end. */
public final class Processes implements AutoCloseable {
    private final Path directory;
    private final List<Process> running = new ArrayList<>();

    public Processes(Path directory) {
        this.directory = directory;
    }

    /** Starts {@code tributary ARGUMENTS}; what it prints goes to {@code NAME.log}. */
    public Process start(String name, List<String> jvm, String... arguments) throws IOException {
        return startMain(name, jvm, "dev.tributary.cli.Main", arguments);
    }

    public Process startMain(String name, List<String> jvm, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx700m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(jvm);
        command.add(main);
        command.addAll(List.of(arguments));
        return launch(name, Map.of(), command);
    }

    /** Starts {@code tributary ARGUMENTS} with these variables added to the environment. */
    public Process start(String name, Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx700m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.tributary.cli.Main"));
        command.addAll(arguments);
        return launch(name, environment, command);
    }

    /** Starts a shell script. */
    public Process script(String name, Map<String, String> environment, Path script, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(arguments);
        return launch(name, environment, command);
    }

    private Process launch(String name, Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        running.add(process);
        return process;
    }

    public Path log(String name) {
        return directory.resolve(name + ".log");
    }

    /** Waits for something to become true, and says what did not. */
    public void await(String what, Duration limit, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + " did not happen within " + limit.toSeconds() + " s\n" + logs());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    public String logs() throws IOException {
        StringBuilder text = new StringBuilder();
        try (var files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
                text.append("--- ").append(file.getFileName()).append('\n').append(Files.readString(file));
            }
        }
        return text.toString();
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws InterruptedException {
        running.forEach(Process::destroy);
        for (Process process : running) {
            if (!process.waitFor(6, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }
}
