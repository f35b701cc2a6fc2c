package dev.tributary.cli.bench.rounds;

import dev.tributary.agent.Agent;
import dev.tributary.agent.AgentMain;
import dev.tributary.agent.testing.ScriptedEngine;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.AgentView;
import dev.tributary.training.TrainingEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A coordinator in one Java VM; agents in this one, which enrol and start one after the other. */
record EnrolBenchmark(int agents, Consumer<String> narrator) {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String FEDERATION = "bench";
    private static final long PAUSE_MILLIS = 20;

    /**
     * @param enrolled seconds until each agent had its certificate
     * @param heard seconds until the coordinator knew it as live, from the same beginning
     */
    record Result(List<Double> enrolled, List<Double> heard) {}

    /** @param directory for all state; the caller removes it */
    Result run(Path directory) throws IOException, InterruptedException {
        int http = BenchProcesses.freePort();
        int broker = BenchProcesses.freePort();
        List<String> settings = new ArrayList<>(
                BenchProcesses.coordinator(FEDERATION, directory, http, broker, BenchProcesses.freePort()));
        settings.add("--tributary.enrolment.required=true");
        NoOpModel model = NoOpModel.ofAdapterBytes(100_000);
        List<Agent> running = new ArrayList<>();
        List<Double> enrolled = new ArrayList<>();
        List<Double> heard = new ArrayList<>();
        try (ChildJvm coordinator = ChildJvm.start(
                        directory.resolve("coordinator.log"), List.of("-Xmx1g"), "dev.tributary.cli.Main", settings);
                TrainingEngine engine = new ScriptedEngine(model.shapes(), 1)) {
            SecureBench secure = new SecureBench(FEDERATION, directory, http);
            CoordinatorClient client = secure.start(List.of(), coordinator);
            narrator.accept("the coordinator answers, " + agents + " agents enrol one after the other");
            try {
                for (String agent : BenchProcesses.names(agents)) {
                    String token = client.enrolmentToken(agent, 1);
                    long begin = System.nanoTime();
                    secure.enrol(client, agent, token);
                    enrolled.add(since(begin));
                    running.add(AgentMain.start(
                            NoOpAgents.config("127.0.0.1:" + broker, FEDERATION, secure.directoryOf(agent), agent)
                                    .withHeartbeat(Duration.ofSeconds(1)),
                            engine));
                    BenchProcesses.await(
                            "the first message of " + agent,
                            LIMIT,
                            PAUSE_MILLIS,
                            () -> isLive(client, agent),
                            coordinator);
                    heard.add(since(begin));
                }
            } finally {
                running.parallelStream().forEach(Agent::close); // while there is a broker to take leave of
            }
        }
        return new Result(enrolled, heard);
    }

    private static boolean isLive(CoordinatorClient client, String agent) {
        return client.agents().stream()
                .filter(AgentView::live)
                .anyMatch(view -> view.id().equals(agent));
    }

    private static double since(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
