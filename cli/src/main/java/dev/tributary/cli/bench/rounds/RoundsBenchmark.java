package dev.tributary.cli.bench.rounds;

import dev.tributary.cli.CliException;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.RoundView;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * A coordinator in one Java VM (broker, database and blobs on disk, as in production), all agents in a second, this
 * program in a third. A round lasts from its opening to the opening of the next one.
 *
 * @param rounds measured rounds, {@code warmup} come before
 * @param secure whether agents are enrolled, with TLS and sealed content
 */
record RoundsBenchmark(
        int agents, NoOpModel model, String method, int rounds, int warmup, boolean secure, Consumer<String> narrator) {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration ROUND = Duration.ofMinutes(2);
    private static final String FEDERATION = "bench";
    private static final long PAUSE_MILLIS = 200;

    /**
     * @param seconds of each measured round
     * @param aggregateSeconds of each measured round, computing and publishing apart
     * @param bareSeconds of each round of plain Kafka clients; empty if they were not asked for
     * @param processorSeconds of all processes, per measured round
     * @param bareProcessorSeconds the same for plain Kafka clients; 0 if they were not asked for
     * @param diskBefore bytes in the coordinator's data directory when the measured rounds began, by entry
     * @param logBytes of the exported log: events of all streams with their hashes, and checkpoints
     */
    record Result(
            List<Double> seconds,
            List<Double> trainSeconds,
            List<Double> aggregateSeconds,
            List<Double> publishSeconds,
            List<Double> bareSeconds,
            double processorSeconds,
            double bareProcessorSeconds,
            long bytesUp,
            long bytesDown,
            OptionalLong coordinatorPeakRss,
            OptionalLong agentsPeakRss,
            Map<String, Long> diskBefore,
            Map<String, Long> diskAfter,
            long logBytes) {}

    /** @param directory for all state; the caller removes it */
    Result run(Path directory, boolean withBare) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int http = BenchProcesses.freePort();
        int broker = BenchProcesses.freePort();
        List<String> settings = new ArrayList<>(
                BenchProcesses.coordinator(FEDERATION, directory, http, broker, BenchProcesses.freePort()));
        settings.add("--tributary.enrolment.required=" + secure);
        try (ChildJvm coordinator = ChildJvm.start(
                directory.resolve("coordinator.log"), List.of("-Xmx1g"), "dev.tributary.cli.Main", settings)) {
            SecureBench enrolment = new SecureBench(FEDERATION, directory, http);
            CoordinatorClient client = secure
                    ? enrolment.start(BenchProcesses.names(agents), coordinator)
                    : new CoordinatorClient(URI.create("http://127.0.0.1:" + http));
            return run(directory, withBare && !secure, client, coordinator, broker);
        }
    }

    private Result run(Path directory, boolean withBare, CoordinatorClient client, ChildJvm coordinator, int broker)
            throws IOException, InterruptedException {
        try (ChildJvm sites = ChildJvm.start(
                directory.resolve("agents.log"),
                List.of("-Xmx4g"),
                NoOpAgents.class.getName(),
                BenchProcesses.agents(agents, model, FEDERATION, broker, directory))) {
            BenchProcesses.await(
                    "the registration of all agents",
                    START,
                    PAUSE_MILLIS,
                    () -> BenchProcesses.live(client) == agents,
                    coordinator,
                    sites);
            narrator.accept(agents + " agents registered, running " + (warmup + rounds) + " rounds");
            String job = client.submit(model.document("bench-rounds", method, agents, warmup + rounds + 1, ROUND))
                    .id();
            ProcessorTimes times = new ProcessorTimes();
            DiskUse disk = new DiskUse(directory.resolve("coordinator"));
            BenchProcesses.await(
                    "the job",
                    ROUND.multipliedBy(warmup + rounds + 1L),
                    PAUSE_MILLIS,
                    () -> {
                        times.note(Instant.now(), coordinator.processorTime().plus(sites.processorTime()));
                        disk.note(Instant.now());
                        return !client.job(job).isRunning();
                    },
                    coordinator,
                    sites);
            JobView end = client.job(job);
            if (!end.status().equals("completed")) {
                throw new CliException("the job " + end.status() + ": " + end.reason());
            }
            OptionalLong coordinatorRss = coordinator.peakRss();
            OptionalLong agentsRss = sites.peakRss();
            Path log = directory.resolve("audit.jsonl");
            client.auditLog(log);
            Bare bare = withBare ? bare("127.0.0.1:" + broker, coordinator) : new Bare(List.of(), 0);
            return result(client.rounds(job), times, bare, coordinatorRss, agentsRss, disk, Files.size(log));
        }
    }

    private Result result(
            List<RoundView> all,
            ProcessorTimes times,
            Bare bare,
            OptionalLong coordinatorRss,
            OptionalLong agentsRss,
            DiskUse disk,
            long logBytes) {
        List<Double> seconds = new ArrayList<>();
        for (int i = warmup; i < warmup + rounds; i++) {
            seconds.add(Duration.between(all.get(i).openedAt(), all.get(i + 1).openedAt())
                            .toMillis()
                    / 1e3);
        }
        List<RoundView> measured = all.subList(warmup, warmup + rounds);
        return new Result(
                seconds,
                part(measured, "train"),
                part(measured, "aggregate"),
                part(measured, "publish"),
                bare.seconds(),
                times.between(
                                all.get(warmup).openedAt(),
                                all.get(warmup + rounds).openedAt())
                        / rounds,
                bare.processorSeconds(),
                measured.stream().mapToLong(RoundView::bytesUp).sum() / rounds,
                measured.stream().mapToLong(RoundView::bytesDown).sum() / rounds,
                coordinatorRss,
                agentsRss,
                disk.at(all.get(warmup).openedAt()),
                disk.at(all.get(warmup + rounds).openedAt()),
                logBytes);
    }

    private static List<Double> part(List<RoundView> rounds, String name) {
        return rounds.stream()
                .map(round -> round.seconds().getOrDefault(name, Double.NaN))
                .toList();
    }

    private record Bare(List<Double> seconds, double processorSeconds) {}

    /** @param coordinator in whose process the broker is */
    private Bare bare(String bootstrapServers, ChildJvm coordinator) throws InterruptedException {
        narrator.accept("the same bytes by plain Kafka clients");
        try (BareKafka kafka = new BareKafka(bootstrapServers, agents, (int) model.adapterBytes())) {
            for (int i = 0; i < warmup; i++) {
                kafka.round();
            }
            Duration before = coordinator.processorTime().plus(ChildJvm.ownProcessorTime());
            List<Double> seconds = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                seconds.add(kafka.round());
            }
            Duration used = coordinator
                    .processorTime()
                    .plus(ChildJvm.ownProcessorTime())
                    .minus(before);
            return new Bare(seconds, used.toMillis() / 1e3 / rounds);
        } catch (ExecutionException e) {
            throw new CliException("plain Kafka clients failed: " + e.getCause(), e);
        }
    }
}
