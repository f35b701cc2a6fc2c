package dev.tributary.cli.bench.rounds;

import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.AgentView;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A coordinator in one Java VM, many agents in a second that have nothing to do but say that they are there. The list of
 * agents is asked for every second, as a page of the dashboard does.
 *
 * @param watched how long, from the moment all agents are known
 */
record HeartbeatsBenchmark(int agents, Duration heartbeat, Duration watched, Consumer<String> narrator) {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String FEDERATION = "bench";
    private static final long PAUSE_MILLIS = 1000;
    private static final long AGENT_HEAP_MB = 512;
    private static final long AGENT_HEAP_MB_EACH = 8;

    /**
     * @param registeredSeconds from the start of the agents' process until the coordinator knew all
     * @param fewestLive agents that held their lease, at any moment asked
     * @param silenceSeconds longest time since an agent was heard, at any moment asked
     * @param answerSeconds of each request for the list of agents
     * @param coordinatorProcessors processors that the coordinator kept busy
     * @param agentsProcessors the same for all agents together
     */
    record Result(
            double registeredSeconds,
            long fewestLive,
            double silenceSeconds,
            List<Double> answerSeconds,
            double coordinatorProcessors,
            double agentsProcessors,
            OptionalLong coordinatorPeakRss,
            OptionalLong agentsPeakRss) {}

    /** @param directory for all state; the caller removes it */
    Result run(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int http = BenchProcesses.freePort();
        int broker = BenchProcesses.freePort();
        NoOpModel model = NoOpModel.ofAdapterBytes(100_000);
        try (ChildJvm coordinator = ChildJvm.start(
                directory.resolve("coordinator.log"),
                List.of("-Xmx1g"),
                "dev.tributary.cli.Main",
                BenchProcesses.coordinator(FEDERATION, directory, http, broker, BenchProcesses.freePort()))) {
            CoordinatorClient client = new CoordinatorClient(URI.create("http://127.0.0.1:" + http));
            BenchProcesses.await(
                    "the coordinator's first answer",
                    LIMIT,
                    PAUSE_MILLIS,
                    () -> BenchProcesses.answers(client),
                    coordinator);
            long start = System.nanoTime();
            try (ChildJvm sites = ChildJvm.start(
                    directory.resolve("agents.log"),
                    List.of("-Xmx" + (AGENT_HEAP_MB + agents * AGENT_HEAP_MB_EACH) + "m", "-Xss256k"),
                    NoOpAgents.class.getName(),
                    BenchProcesses.agents(agents, model, FEDERATION, broker, directory, heartbeat))) {
                BenchProcesses.await(
                        "the registration of all agents",
                        LIMIT,
                        PAUSE_MILLIS,
                        () -> BenchProcesses.live(client) == agents,
                        coordinator,
                        sites);
                double registered = since(start);
                narrator.accept(agents + " agents registered, watching for " + watched.toSeconds() + " s");
                return watch(client, coordinator, sites, registered);
            }
        }
    }

    private Result watch(CoordinatorClient client, ChildJvm coordinator, ChildJvm sites, double registered)
            throws InterruptedException {
        Duration before = coordinator.processorTime();
        Duration beforeSites = sites.processorTime();
        long start = System.nanoTime();
        long fewest = agents;
        double silence = 0;
        List<Double> answers = new ArrayList<>();
        while (since(start) < watched.toSeconds()) {
            long asked = System.nanoTime();
            List<AgentView> views = client.agents();
            answers.add(since(asked));
            Instant now = Instant.now();
            fewest = Math.min(fewest, views.stream().filter(AgentView::live).count());
            silence = Math.max(
                    silence,
                    views.stream()
                            .map(AgentView::lastSeen)
                            .filter(Objects::nonNull)
                            .mapToDouble(seen -> Duration.between(seen, now).toMillis() / 1e3)
                            .max()
                            .orElse(Double.POSITIVE_INFINITY));
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        double seconds = since(start);
        return new Result(
                registered,
                fewest,
                silence,
                answers,
                coordinator.processorTime().minus(before).toMillis() / 1e3 / seconds,
                sites.processorTime().minus(beforeSites).toMillis() / 1e3 / seconds,
                coordinator.peakRss(),
                sites.peakRss());
    }

    private static double since(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
