package dev.tributary.e2e;

import dev.tributary.agent.Agent;
import dev.tributary.agent.AgentMain;
import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.agent.config.ModelSource;
import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.plan.AgentId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real coordinator with its broker and three real agents, whose engines only pretend to train. */
final class PacedFederation implements AutoCloseable {
    private static final Map<String, Double> SITES =
            new LinkedHashMap<>(Map.of("amazon", 0.9, "imdb", 0.87, "yelp", 0.93));

    final Coordinator coordinator;
    private final List<PacedEngine> engines = new ArrayList<>();
    private final List<Agent> agents = new ArrayList<>();

    PacedFederation(Path directory, int httpPort, long batchMillis, Map<String, String> settings) throws Exception {
        CoordinatorOptions options = CoordinatorOptions.in(directory.resolve("coordinator"))
                .federation("pages")
                .httpPort(httpPort)
                .brokerPort(0);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            options = options.with(setting.getKey(), setting.getValue());
        }
        coordinator = Coordinator.start(options);
        for (Map.Entry<String, Double> site : SITES.entrySet()) {
            PacedEngine engine = new PacedEngine(site.getValue(), batchMillis);
            engines.add(engine);
            agents.add(AgentMain.start(config(directory.resolve(site.getKey()), site.getKey()), engine));
        }
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (coordinator.views().agents().size() < SITES.size()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the agents did not register within two minutes");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private AgentConfig config(Path directory, String site) throws IOException {
        Files.createDirectories(directory);
        Path train = rows(directory.resolve("train.jsonl"), 60);
        Path test = rows(directory.resolve("test.jsonl"), 30);
        return AgentConfig.of(
                        new AgentId(site),
                        "pages",
                        coordinator.bootstrapServers(),
                        directory.resolve("state"),
                        Map.of("pretended", ModelSource.in(directory)),
                        Map.of("reviews", DatasetConfig.classification(train, test, "text", "label", List.of())))
                .withHeartbeat(Duration.ofMillis(500));
    }

    private static Path rows(Path file, int count) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("{\"text\": \"sentence ")
                    .append(i)
                    .append("\", \"label\": ")
                    .append(i % 2)
                    .append("}\n");
        }
        return Files.writeString(file, text);
    }

    static String job(String name, String method, int rounds, long seed) {
        return """
                name: %s
                base-model: pretended
                task: {type: sequence-classification, labels: [negative, positive], dataset: reviews, max-length: 128}
                adapter: {type: lora, rank: 8, alpha: 16, target-modules: [query, value]}
                training: {epochs: 1, batch-size: 16, learning-rate: 1e-3}
                aggregation: {method: %s}
                rounds: %d
                cohort: {fraction: 1.0, quorum: 2, deadline: 10m}
                seed: %d
                """.formatted(name, method, rounds, seed);
    }

    void pace(long batchMillis) {
        engines.forEach(engine -> engine.pace(batchMillis));
    }

    /** Submits a job and returns its id once it is over. */
    String run(String name, String method, int rounds, long seed) {
        String id = coordinator.jobs().submit(job(name, method, rounds, seed)).id();
        String status = await(id);
        if (!status.equals("completed")) {
            throw new IllegalStateException("job " + id + " is " + status);
        }
        return id;
    }

    /** Waits until a job is over, and tells how it ended. */
    String await(String id) {
        try {
            return coordinator.views().await(id, Duration.ofMinutes(3)).status();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while job " + id + " ran", e);
        }
    }

    @Override
    public void close() {
        agents.forEach(Agent::close);
        coordinator.close();
        engines.forEach(PacedEngine::close);
    }

    /** Serves the pages until it is killed: {@code DIRECTORY PORT [TEMPLATES STATIC]}. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> settings = arguments.length < 4
                ? Map.of()
                : Map.of(
                        "spring.thymeleaf.prefix",
                        "file:" + arguments[2] + "/",
                        "spring.thymeleaf.cache",
                        "false",
                        "spring.web.resources.static-locations",
                        "file:" + arguments[3] + "/",
                        "spring.web.resources.cache.cachecontrol.max-age",
                        "0");
        PacedFederation federation =
                new PacedFederation(Path.of(arguments[0]), Integer.parseInt(arguments[1]), 5, settings);
        federation.run("support-tone", "fedavg", 6, 1);
        federation.run("support-tone", "fedex", 6, 1);
        federation.run("support-tone", "ffa", 6, 1);
        federation.pace(700);
        federation.coordinator.jobs().submit(job("support-tone-long", "fedex", 12, 2));
        Thread.currentThread().join();
    }
}
