package dev.tributary.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.cli.CliException;
import dev.tributary.cli.CommandLineResult;
import dev.tributary.cli.process.Processes;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.broker.BrokerSettings;
import dev.tributary.coordinator.broker.EmbeddedBroker;
import dev.tributary.coordinator.view.AgentView;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands, environments and files of {@code docker-compose.yml} as plain processes: what a container's file system
 * and host names would give is replaced by folders and ports of this machine, and PostgreSQL by the file database.
 */
@Tag("slow")
class ComposeIT {
    private static final Duration START = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    private final ComposeFile compose = ComposeFile.read();
    private final int http = Processes.freePort();

    ComposeIT() throws IOException {}

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void coordinatorAndAgentsFindEachOtherAsTheComposeFileStartsThem() throws Exception {
        try (EmbeddedBroker kafka = EmbeddedBroker.start(BrokerSettings.onFreePorts(directory.resolve("kafka")));
                Processes processes = new Processes(directory)) {
            String servers = kafka.bootstrapServers();
            demoData();
            coordinator(processes, servers);
            CoordinatorClient client = new CoordinatorClient(URI.create("http://127.0.0.1:" + http));
            for (String site : List.of("amazon", "imdb", "yelp")) {
                agent(processes, site, servers);
            }
            simulated(processes, 1, servers);
            simulated(processes, 2, servers);

            processes.await(
                    "registration of all agents", START, () -> live(client).size() == 5);

            assertThat(live(client)).containsExactly("amazon", "imdb", "part-001", "part-002", "yelp");
        }
    }

    private void demoData() {
        List<String> command = ComposeFile.command(compose.service("demo-data"));
        CommandLineResult written =
                CommandLineResult.of(command.stream().map(this::here).toArray(String[]::new));
        assertThat(written.status()).as(written.err()).isZero();
    }

    private void coordinator(Processes processes, String servers) throws IOException {
        Map<String, Object> service = compose.service("coordinator");
        Map<String, String> environment = new TreeMap<>();
        ComposeFile.environment(service).forEach((key, value) -> environment.put(key, here(value, servers)));
        environment.keySet().removeIf(key -> key.startsWith("TRIBUTARY_DATABASE_"));
        environment.put("TRIBUTARY_HTTP_PORT", String.valueOf(http));
        for (Object secret : ComposeFile.list(service, "secrets")) {
            Path file = directory
                    .resolve("run/secrets")
                    .resolve(((Map<?, ?>) secret).get("target").toString());
            Files.createDirectories(file.getParent());
            Files.writeString(file, "not-needed-by-the-file-database\n");
        }
        processes.start("coordinator", environment, ComposeFile.command(service));
    }

    private void agent(Processes processes, String site, String servers) throws IOException {
        Map<?, ?> declared = (Map<?, ?>) compose.section("configs").get(site);
        String config = Files.readString(
                        ComposeFile.ROOT.resolve(declared.get("file").toString()))
                .replace("kafka:9092", servers)
                .replace(
                        "/var/lib/tributary", directory.resolve("state-" + site).toString())
                .replace("/data/", directory.resolve("sites").resolve(site) + "/");
        Path file = Files.writeString(directory.resolve(site + ".yaml"), config);
        Map<String, Object> service = compose.service(site);
        List<String> command = ComposeFile.command(service).stream()
                .map(word -> word.replace("/etc/tributary/agent.yaml", file.toString()))
                .toList();
        processes.start(site, ComposeFile.environment(service), command);
    }

    private void simulated(Processes processes, int replica, String servers) throws IOException {
        Map<String, Object> service = compose.service("agent");
        Map<String, String> environment = new TreeMap<>();
        ComposeFile.environment(service).forEach((key, value) -> environment.put(key, here(value, servers)));
        environment.put("TRIBUTARY_COMMAND", launcher().toString());
        processes.script(
                "agent-" + replica,
                environment,
                ComposeFile.ROOT.resolve("deploy/docker/simulated-agent"),
                ComposeFile.command(service).stream().map(this::here).toList());
    }

    /** In place of the image's launcher: the same main class on the class path of this test. */
    private Path launcher() throws IOException {
        Path script = directory.resolve("tributary");
        if (!Files.exists(script)) {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Files.writeString(
                    script,
                    "#!/bin/sh\nexec " + java + " -Xmx512m -XX:+UseSerialGC -cp '"
                            + System.getProperty("java.class.path") + "' dev.tributary.cli.Main \"$@\"\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return script;
    }

    private String here(String text) {
        return here(text, "");
    }

    private String here(String text, String servers) {
        return text.replace("kafka:9092", servers)
                .replace("/var/lib/tributary", directory.resolve("state").toString())
                .replace("/run/secrets/", directory.resolve("run/secrets") + "/")
                .replace("/sites", directory.resolve("sites").toString())
                .replace("0.0.0.0", "127.0.0.1");
    }

    private static TreeSet<String> live(CoordinatorClient client) {
        TreeSet<String> ids = new TreeSet<>();
        try {
            client.agents().stream().filter(AgentView::live).map(AgentView::id).forEach(ids::add);
        } catch (CliException e) {
            // not listening yet
        }
        return ids;
    }
}
