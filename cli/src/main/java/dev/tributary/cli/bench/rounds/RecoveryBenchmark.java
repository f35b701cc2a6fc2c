package dev.tributary.cli.bench.rounds;

import dev.tributary.cli.CliException;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.RoundView;
import dev.tributary.protocol.crash.CrashPoint;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ends a coordinator, and the broker in its process, again and again in the middle of a round, without hooks or flushes,
 * and starts it anew at once. The agents, in one process of their own, go on.
 *
 * @param kills how often
 * @param classes whether the starts share an archive of their classes, made by one start before
 */
record RecoveryBenchmark(int agents, NoOpModel model, int kills, boolean classes, Consumer<String> narrator) {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String FEDERATION = "bench";
    private static final long PAUSE_MILLIS = 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * @param seconds from each start of the process to the next update that it accepted
     * @param redone rounds that were abandoned
     * @param bytesAgain most bytes that a round took beyond the one that took least, per agent
     */
    record Result(List<Double> seconds, int redone, long bytesAgain) {}

    /** @param directory for all state; the caller removes it */
    Result run(Path directory) throws IOException, InterruptedException {
        int[] ports = {BenchProcesses.freePort(), BenchProcesses.freePort(), BenchProcesses.freePort()};
        Path archive = directory.resolve("coordinator-classes");
        boolean aot = Runtime.version().feature() >= 25;
        List<String> options = List.of("-Xmx1g");
        if (classes) {
            narrator.accept("one start to make the archive of classes");
            try (ChildJvm making = coordinator(
                    directory,
                    ports,
                    List.of("-Xmx1g", "-XX:" + (aot ? "AOTCacheOutput=" : "ArchiveClassesAtExit=") + archive),
                    "--exit-when-ready")) {
                await("the archive of classes", () -> !making.isAlive(), making);
            }
            options = List.of("-Xmx1g", "-XX:" + (aot ? "AOTCache=" : "SharedArchiveFile=") + archive);
        }
        CoordinatorClient client = new CoordinatorClient(URI.create("http://127.0.0.1:" + ports[0]));
        try (ChildJvm sites = ChildJvm.start(
                directory.resolve("agents.log"),
                List.of("-Xmx4g"),
                NoOpAgents.class.getName(),
                BenchProcesses.agents(agents, model, FEDERATION, ports[1], directory))) {
            return kill(directory, ports, options, client, sites);
        }
    }

    private Result kill(Path directory, int[] ports, List<String> options, CoordinatorClient client, ChildJvm sites)
            throws IOException, InterruptedException {
        List<String> armed = new ArrayList<>(options);
        // With one update in and the others on their way; from the second round on, when all is warm.
        armed.add("-D" + CrashPoint.PROPERTY + "=after-append/UpdateAccepted#" + (agents + 1));
        List<Instant> starts = new ArrayList<>();
        ChildJvm coordinator = coordinator(directory, ports, armed);
        try {
            ChildJvm first = coordinator;
            await("the registration of all agents", () -> BenchProcesses.live(client) == agents, first, sites);
            String job = client.submit(model.document("bench-recovery", "fedavg", agents, 2 * kills + 2, LIMIT))
                    .id();
            for (int i = 0; i < kills; i++) {
                ChildJvm dying = coordinator;
                await("a crash of the coordinator", () -> !dying.isAlive(), sites);
                narrator.accept("kill " + (i + 1) + " of " + kills);
                starts.add(Instant.now());
                coordinator = coordinator(directory, ports, i + 1 < kills ? armed : options);
            }
            ChildJvm last = coordinator;
            await("the end of the job", () -> ended(client, job), last, sites);
            Path log = directory.resolve("log.jsonl");
            client.auditLog(log);
            return result(starts, log, client.rounds(job));
        } finally {
            coordinator.close();
        }
    }

    private Result result(List<Instant> starts, Path log, List<RoundView> rounds) throws IOException {
        List<Instant> accepted = new ArrayList<>();
        int redone = 0;
        for (String line : Files.readAllLines(log, StandardCharsets.UTF_8)) {
            JsonNode event = JSON.readTree(line).path("event");
            switch (event.path("type").asString("")) {
                case "update-accepted" ->
                    accepted.add(Instant.ofEpochMilli(event.get("atMillis").asLong()));
                case "round-abandoned" -> redone++;
                default -> {}
            }
        }
        List<Double> seconds = new ArrayList<>();
        for (Instant start : starts) {
            Instant next = accepted.stream()
                    .filter(start::isBefore)
                    .min(Instant::compareTo)
                    .orElseThrow(() -> new CliException("the log has no accepted update after " + start));
            seconds.add(Duration.between(start, next).toMillis() / 1e3);
        }
        long least = rounds.stream().mapToLong(RoundView::bytesUp).min().orElse(0);
        long most = rounds.stream().mapToLong(RoundView::bytesUp).max().orElse(0);
        return new Result(seconds, redone, (most - least) / agents);
    }

    private static ChildJvm coordinator(Path directory, int[] ports, List<String> options, String... more)
            throws IOException {
        List<String> arguments =
                new ArrayList<>(BenchProcesses.coordinator(FEDERATION, directory, ports[0], ports[1], ports[2]));
        arguments.addAll(List.of(more));
        return ChildJvm.start(directory.resolve("coordinator.log"), options, "dev.tributary.cli.Main", arguments);
    }

    private static boolean ended(CoordinatorClient client, String job) {
        try {
            return !client.job(job).isRunning();
        } catch (CliException e) {
            return false; // not listening yet
        }
    }

    private static void await(String what, BooleanSupplier condition, ChildJvm... needed) throws InterruptedException {
        BenchProcesses.await(what, LIMIT, PAUSE_MILLIS, condition, needed);
    }
}
