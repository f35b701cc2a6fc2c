package dev.tributary.cli.bench.rounds;

import dev.tributary.agent.Agent;
import dev.tributary.agent.AgentMain;
import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.agent.config.ModelSource;
import dev.tributary.agent.testing.ScriptedEngine;
import dev.tributary.cli.local.LogFile;
import dev.tributary.plan.AgentId;
import dev.tributary.training.TrainingEngine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Agents over Kafka that train nothing: every element of what they send changes by a pseudo-random amount. A process of
 * its own; it ends when its standard input does.
 */
public final class NoOpAgents {

    /** What the process prints when all agents are started. */
    public static final String READY = "agents are started";

    private static final int BATCHES = 4;

    private NoOpAgents() {}

    /** @param args bootstrap servers, federation, directory, adapter bytes, heartbeat as ISO duration, agent ids */
    public static void main(String[] args) throws IOException {
        LogFile.toConsole();
        NoOpModel model = NoOpModel.ofAdapterBytes(Long.parseLong(args[3]));
        TrainingEngine engine = new ScriptedEngine(model.shapes(), BATCHES);
        Duration heartbeat = Duration.parse(args[4]);
        List<Agent> agents = new ArrayList<>();
        for (String id : List.of(args).subList(5, args.length)) {
            AgentConfig config = config(args[0], args[1], Path.of(args[2]).resolve(id), id);
            agents.add(AgentMain.start(config.withHeartbeat(heartbeat), engine));
        }
        System.out.println(READY);
        System.in.transferTo(OutputStream.nullOutputStream()); // until whoever started us is gone
        agents.parallelStream().forEach(Agent::close);
        engine.close();
    }

    /** @param directory the agent's own, made if it is not there */
    static AgentConfig config(String bootstrapServers, String federation, Path directory, String id)
            throws IOException {
        Files.createDirectories(directory);
        Path rows = Files.writeString(directory.resolve("rows.jsonl"), """
                {"text": "one", "label": 0}
                {"text": "two", "label": 1}
                """);
        return AgentConfig.of(
                new AgentId(id),
                federation,
                bootstrapServers,
                directory.resolve("state"),
                Map.of(NoOpModel.NAME, ModelSource.in(directory)),
                Map.of(NoOpModel.DATASET, DatasetConfig.classification(rows, rows, "text", "label", List.of())));
    }
}
