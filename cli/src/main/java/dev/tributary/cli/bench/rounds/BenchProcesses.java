package dev.tributary.cli.bench.rounds;

import dev.tributary.cli.CliException;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.AgentView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** What benchmarks with coordinator and agents in processes of their own need. */
final class BenchProcesses {

    private BenchProcesses() {}

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Arguments of a coordinator on this machine. */
    static List<String> coordinator(String federation, Path directory, int http, int broker, int controller) {
        return List.of(
                "coordinator",
                "--tributary.federation=" + federation,
                "--tributary.data-dir=" + directory.resolve("coordinator"),
                "--tributary.http.port=" + http,
                "--tributary.broker.port=" + broker,
                "--tributary.broker.controller-port=" + controller);
    }

    /** Arguments of {@link NoOpAgents}, with a heartbeat every second. */
    static List<String> agents(int agents, NoOpModel model, String federation, int broker, Path directory) {
        return agents(agents, model, federation, broker, directory, Duration.ofSeconds(1));
    }

    /** Arguments of {@link NoOpAgents}. */
    static List<String> agents(
            int agents, NoOpModel model, String federation, int broker, Path directory, Duration heartbeat) {
        List<String> arguments = new ArrayList<>(List.of(
                "127.0.0.1:" + broker,
                federation,
                directory.resolve("agents").toString(),
                String.valueOf(model.adapterBytes()),
                heartbeat.toString()));
        arguments.addAll(names(agents));
        return arguments;
    }

    static List<String> names(int agents) {
        return IntStream.rangeClosed(1, agents).mapToObj("site-%03d"::formatted).toList();
    }

    /** Whether the coordinator listens. */
    static boolean answers(CoordinatorClient client) {
        try {
            client.agents();
            return true;
        } catch (CliException e) {
            return false;
        }
    }

    /** How many agents the coordinator hears; none while it does not listen. */
    static long live(CoordinatorClient client) {
        try {
            return client.agents().stream().filter(AgentView::live).count();
        } catch (CliException e) {
            return 0;
        }
    }

    /**
     * Returns when the condition holds, asked every {@code pauseMillis}.
     *
     * @throws CliException with the end of a log, if a process ends before, or the limit passes
     */
    static void await(String what, Duration limit, long pauseMillis, BooleanSupplier condition, ChildJvm... needed)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            for (ChildJvm each : needed) {
                if (!each.isAlive() && !condition.getAsBoolean()) {
                    throw new CliException("a process of the benchmark ended before " + what + ":\n" + each.tail());
                }
            }
            if (System.nanoTime() > deadline) {
                throw new CliException(
                        what + " took more than " + limit.toSeconds() + " s:\n" + needed[needed.length - 1].tail());
            }
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
        }
    }
}
