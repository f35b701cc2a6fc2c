package dev.tributary.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.cli.CliException;
import dev.tributary.cli.bench.rounds.NoOpAgents;
import dev.tributary.cli.bench.rounds.NoOpModel;
import dev.tributary.cli.process.Processes;
import dev.tributary.cli.process.SharedClasses;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.AgentView;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.protocol.crash.CrashPoint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A coordinator with its broker in one process, agents that train nothing in others; any may be made to crash. */
final class CrashFederation implements AutoCloseable {
    static final String FEDERATION = "crash";
    private static final long ADAPTER_BYTES = 2_600_000; // three chunks
    private static final Duration LONG = Duration.ofMinutes(3);

    final Processes processes;
    final CoordinatorClient client;
    private final Path directory;
    private final int http = Processes.freePort();
    private final int broker = Processes.freePort();
    private final int controller = Processes.freePort();
    private int started;

    CrashFederation(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.processes = new Processes(directory);
        this.client = new CoordinatorClient(URI.create("http://127.0.0.1:" + http));
    }

    String bootstrapServers() {
        return "127.0.0.1:" + broker;
    }

    /** @param jvm further options of the Java VM, such as {@link #crashAt} */
    Process coordinator(List<String> jvm) throws IOException {
        return processes.start(
                "coordinator-" + ++started,
                quick(jvm),
                "coordinator",
                "--tributary.federation=" + FEDERATION,
                "--tributary.data-dir=" + directory.resolve("coordinator"),
                "--tributary.http.port=" + http,
                "--tributary.broker.port=" + broker,
                "--tributary.broker.controller-port=" + controller,
                "--tributary.leases.silence=2m");
    }

    /** @param jvm further options of the Java VM, such as {@link #crashAt} */
    Process agents(List<String> jvm, String... ids) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                bootstrapServers(), FEDERATION, directory.resolve("agents").toString(), "" + ADAPTER_BYTES, "PT1S"));
        arguments.addAll(List.of(ids));
        return processes.startMain(
                "agents-" + ++started, quick(jvm), NoOpAgents.class.getName(), arguments.toArray(String[]::new));
    }

    private static List<String> quick(List<String> jvm) {
        List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
        options.addAll(jvm);
        return options;
    }

    /** Options of a start that uses shared classes and crashes at a point, if one is named. */
    static List<String> crashAt(SharedClasses classes, String point) {
        List<String> options = new ArrayList<>(classes.using());
        options.add("-D" + CrashPoint.PROPERTY + "=" + point);
        return options;
    }

    /** Ends a process in order, so that it writes its archive; one that takes too long is killed and leaves none. */
    static void end(Process process, SharedClasses classes) throws Exception {
        process.destroy();
        if (!process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            Files.deleteIfExists(classes.archive());
        }
    }

    /** What a job gives that nothing disturbs, in this federation. */
    JobLog undisturbed(List<String> agents, int rounds) throws Exception {
        awaitAgents(agents.size());
        return awaitEnd(client.submit(document(agents.size(), rounds)).id());
    }

    void awaitAgents(int count) throws Exception {
        processes.await("registration of all agents", LONG, () -> {
            try {
                return client.agents().stream().filter(AgentView::live).count() == count;
            } catch (CliException e) {
                return false; // not listening yet
            }
        });
    }

    static String document(int agents, int rounds) {
        return NoOpModel.ofAdapterBytes(ADAPTER_BYTES)
                .document("crash", "fedavg", agents, rounds, Duration.ofMinutes(10));
    }

    /** Waits until a process has ended itself at its crash point. */
    void awaitCrash(Process process, String crashAt) throws Exception {
        processes.await("a crash at " + crashAt, LONG, () -> !process.isAlive());
        process.waitFor(1, TimeUnit.SECONDS);
        assertThat(process.exitValue())
                .as("the crash at %s%n%s", crashAt, process.exitValue() == CrashPoint.STATUS ? "" : processes.logs())
                .isEqualTo(CrashPoint.STATUS);
    }

    JobLog awaitEnd(String job) throws Exception {
        processes.await("the end of job " + job, LONG, () -> {
            try {
                return !client.job(job).isRunning();
            } catch (CliException e) {
                return false; // not listening yet
            }
        });
        JobView view = client.job(job);
        assertThat(view.status()).as(view.reason()).isEqualTo("completed");
        return JobLog.read(client.base(), job);
    }

    /** Every round once, every agent once in it, and bit for bit what the undisturbed run gave. */
    static void assertUnharmed(JobLog crashed, JobLog undisturbed, List<String> agents, int rounds) {
        assertThat(crashed.counted())
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, rounds)
                        .boxed()
                        .flatMap(round -> agents.stream().map(agent -> round + " \"" + agent + "\""))
                        .toList());
        assertThat(crashed.events("round-opened")).as("rounds opened").hasSize(rounds);
        assertThat(crashed.events("update-rejected")).isEmpty();
        assertThat(crashed.events("state-published")).hasSize(rounds + 1);
        assertThat(new TreeMap<>(crashed.states())).isEqualTo(undisturbed.states());
    }

    @Override
    public void close() throws InterruptedException {
        processes.close();
    }
}
