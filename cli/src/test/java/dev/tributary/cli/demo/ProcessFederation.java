package dev.tributary.cli.demo;

import dev.tributary.cli.CliException;
import dev.tributary.cli.process.Processes;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.AgentView;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The demonstration's coordinator and agents, every one a process of its own with a configuration file. */
final class ProcessFederation implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(10);

    final Processes processes;
    final Map<String, Process> agents = new TreeMap<>();
    final CoordinatorClient client;
    final Process coordinator;

    static ProcessFederation start(Path directory) throws Exception {
        Processes processes = new Processes(directory);
        try {
            return new ProcessFederation(processes, directory);
        } catch (Throwable e) {
            processes.close();
            throw e;
        }
    }

    private ProcessFederation(Processes processes, Path directory) throws Exception {
        this.processes = processes;
        int http = Processes.freePort();
        int broker = Processes.freePort();
        client = new CoordinatorClient(URI.create("http://127.0.0.1:" + http));
        Path config = Files.writeString(directory.resolve("coordinator.yaml"), """
                tributary:
                  federation: separate
                  data-dir: %s
                  http: {port: %d}
                  broker: {port: %d, controller-port: %d}
                  leases: {silence: 6s}
                """.formatted(
                        directory.resolve("coordinator"), http, broker, Processes.freePort()));
        coordinator = processes.start("coordinator", List.of(), "coordinator", "--config", config.toString());
        SentimentSites.write(directory.resolve("data"));
        for (String site : SentimentSites.SITES) {
            agents.put(site, startAgent(directory, site, broker));
        }
        processes.await("registration of all agents", START, () -> liveAgents() == agents.size());
    }

    private Process startAgent(Path directory, String site, int broker) throws IOException {
        Path data = directory.resolve("data").resolve(site);
        Path config = Files.writeString(directory.resolve(site + ".yaml"), """
                id: %s
                federation: separate
                kafka: {bootstrap-servers: "127.0.0.1:%d"}
                data-dir: %s
                models: {minilm: packaged}
                datasets:
                  reviews: {train: %s, test: %s, text: text, label: label}
                training: {threads: 1}
                heartbeat: 1s
                """.formatted(
                        site,
                        broker,
                        directory.resolve("agent-" + site),
                        data.resolve(SentimentSites.TRAIN),
                        data.resolve(SentimentSites.TEST)));
        return processes.start(site, List.of(), "agent", "--config", config.toString());
    }

    private long liveAgents() {
        try {
            return client.agents().stream().filter(AgentView::live).count();
        } catch (CliException e) {
            return 0; // not listening yet
        }
    }

    @Override
    public void close() throws InterruptedException {
        processes.close();
    }
}
