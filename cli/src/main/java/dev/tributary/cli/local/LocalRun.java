package dev.tributary.cli.local;

import dev.tributary.agent.config.ModelSource;
import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.report.Report;
import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Gpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that runs a job on a federation of its own, and the run itself. */
public final class LocalRun {

    @Option(
            names = "--out",
            defaultValue = "out",
            description = "Directory for adapter/, report.json and report.html. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("out");

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Directory in which coordinator and agents keep their state. Default: state/ in --out.")
    private @Nullable Path dataDir;

    @Option(
            names = "--port",
            description = "Port of the coordinator's page and REST. Default: 8080, or a free one if that is taken.")
    private @Nullable Integer port;

    @Option(
            names = "--device",
            defaultValue = "cpu",
            description = "Where the agents train: cpu, cuda, cuda:N, or cuda:N,M to split every batch over GPUs; the"
                    + " GPUs need a build with -Pgpu. Default: ${DEFAULT-VALUE}.")
    private String device = "cpu";

    @Option(
            names = "--secure",
            description = "Enrol every agent, connect by certificates on both sides (TLS 1.3), and seal what the broker"
                    + " carries.")
    private boolean secure;

    @Option(names = "--json", description = "Print report.json on stdout instead of the table.")
    private boolean json;

    public Path out() {
        return out;
    }

    public boolean json() {
        return json;
    }

    public Path state() {
        return dataDir == null ? out.resolve("state") : dataDir;
    }

    /**
     * Starts the federation, runs or resumes the job, and writes the result.
     *
     * @param sites called once, after logging is set up
     * @param keepOpen whether to go on serving after the end, until Ctrl-C
     * @return the exit status
     */
    public int run(
            Terminal terminal,
            Supplier<List<LocalSite>> sites,
            Map<String, ModelSource> models,
            String document,
            boolean keepOpen)
            throws IOException, InterruptedException {
        return with(terminal, sites, models, (federation, stop) -> {
            Optional<Report> report = new JobRun(federation.client(), terminal, stop.latch()).run(document, out);
            report.ifPresent(r -> ResultPrinter.print(r, out, json, terminal));
            if (report.isPresent() && keepOpen) {
                terminal.err().println("Coordinator: " + federation.address() + " until Ctrl-C.");
                stop.latch().await();
            }
            return report.isPresent() ? 0 : 1;
        });
    }

    private List<Device> devices() {
        try {
            return Gpus.chooseAll(device);
        } catch (TrainingException e) {
            throw new CliException("--device: " + e.getMessage(), e);
        }
    }

    /** What is done with a federation once all its agents are there. */
    @FunctionalInterface
    public interface Use {
        /** @return the exit status */
        int with(LocalFederation federation, StopSignal stop) throws IOException, InterruptedException;
    }

    /** Starts the federation, uses it, and stops it. */
    public int with(Terminal terminal, Supplier<List<LocalSite>> sites, Map<String, ModelSource> models, Use use)
            throws IOException, InterruptedException {
        Path log = state().resolve("tributary.log");
        LogFile.to(log);
        List<Device> devices = devices();
        int httpPort = HttpPort.choose(port, terminal);
        try (StopSignal stop = StopSignal.install()) {
            List<LocalSite> members = sites.get();
            terminal.err()
                    .println("Starting a coordinator, a Kafka broker and " + members.size() + " agents. Log: " + log);
            try (LocalFederation federation =
                    LocalFederation.start(state(), members, models, httpPort, 1, devices, secure)) {
                terminal.err().println("Coordinator: " + federation.address());
                federation.awaitAgents(stop.latch());
                return use.with(federation, stop);
            }
        }
    }
}
