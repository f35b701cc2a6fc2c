package dev.tributary.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.cli.CliException;
import dev.tributary.cli.bench.rounds.NoOpAgents;
import dev.tributary.cli.bench.rounds.NoOpModel;
import dev.tributary.cli.local.LogFile;
import dev.tributary.cli.process.Processes;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.broker.BrokerSettings;
import dev.tributary.coordinator.broker.EmbeddedBroker;
import dev.tributary.coordinator.view.AgentView;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two coordinators on one PostgreSQL, one broker of its own and one directory of blobs and keys. */
@Tag("slow")
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class StandbyIT {
    private static final Duration LONG = Duration.ofMinutes(3);
    /** The lease is 6 s; the rest is room for a loaded machine. */
    private static final Duration TAKE_OVER = Duration.ofSeconds(30);

    private static final List<String> AGENTS = List.of("left", "right");
    private static final int ROUNDS = 12;
    private static final long ADAPTER_BYTES = 100_000;

    @TempDir
    private Path directory;

    @Test
    void aPausedLeaderIsReplacedAndDoesNoHarmWhenItWakes() throws Exception {
        LogFile.toConsole();
        try (EmbeddedPostgres database = EmbeddedPostgres.start();
                EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.onFreePorts(directory.resolve("broker")));
                Processes processes = new Processes(directory)) {
            int[] http = {Processes.freePort(), Processes.freePort()};
            Process first = coordinator(processes, "first", database, broker, http[0]);
            CoordinatorClient client = client(http[0]);
            processes.await(
                    "the first coordinator", LONG, answers(() -> client.agents().isEmpty()));
            coordinator(processes, "second", database, broker, http[1]);
            processes.await("the second one's wait", LONG, () -> said(processes.log("second"), "standing by"));
            processes.startMain(
                    "agents",
                    List.of(),
                    NoOpAgents.class.getName(),
                    broker.bootstrapServers(),
                    CrashFederation.FEDERATION,
                    directory.resolve("agents").toString(),
                    "" + ADAPTER_BYTES,
                    "PT1S",
                    AGENTS.get(0),
                    AGENTS.get(1));
            processes.await(
                    "registration of all agents",
                    LONG,
                    answers(() ->
                            client.agents().stream().filter(AgentView::live).count() == AGENTS.size()));
            String document = NoOpModel.ofAdapterBytes(ADAPTER_BYTES)
                    .document("crash", "fedavg", AGENTS.size(), ROUNDS, Duration.ofMinutes(10));
            String job = client.submit(document).id();
            processes.await(
                    "some rounds", LONG, answers(() -> client.rounds(job).size() >= 3));

            signal("STOP", first);
            processes.await("the second coordinator's lead", TAKE_OVER, () -> epoch(database) == 2);
            CoordinatorClient heir = client(http[1]);
            processes.await(
                    "the second coordinator",
                    LONG,
                    answers(() -> heir.job(job).id().equals(job)));
            signal("CONT", first);

            processes.await(
                    "the end of the job", LONG, answers(() -> !heir.job(job).isRunning()));
            String again = heir.submit(document).id();
            processes.await(
                    "the end of another", LONG, answers(() -> !heir.job(again).isRunning()));
            CrashFederation.assertUnharmed(
                    JobLog.read(heir.base(), job), JobLog.read(heir.base(), again), AGENTS, ROUNDS);
            assertThat(epoch(database)).isEqualTo(2);
        }
    }

    private Process coordinator(
            Processes processes, String name, EmbeddedPostgres database, EmbeddedBroker broker, int http)
            throws IOException {
        return processes.start(
                name,
                List.of("-XX:TieredStopAtLevel=1"),
                "coordinator",
                "--tributary.federation=" + CrashFederation.FEDERATION,
                "--tributary.data-dir=" + directory.resolve(name),
                "--tributary.shared-dir=" + directory.resolve("shared"),
                "--tributary.database.url=" + database.getJdbcUrl("postgres", "postgres"),
                "--tributary.broker.mode=external",
                "--tributary.broker.bootstrap-servers=" + broker.bootstrapServers(),
                "--tributary.http.port=" + http,
                "--tributary.leases.silence=2m");
    }

    private static CoordinatorClient client(int port) {
        return new CoordinatorClient(URI.create("http://127.0.0.1:" + port));
    }

    private static boolean said(Path log, String words) {
        try {
            return Files.readString(log).contains(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False while nobody answers. */
    private static BooleanSupplier answers(BooleanSupplier condition) {
        return () -> {
            try {
                return condition.getAsBoolean();
            } catch (CliException e) {
                return false;
            }
        };
    }

    private static void signal(String name, Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private static long epoch(EmbeddedPostgres database) {
        try (Connection connection = database.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select epoch from leader where id = 1")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
