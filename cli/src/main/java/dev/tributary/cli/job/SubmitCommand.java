package dev.tributary.cli.job;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.coordinator.view.JobView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary job submit}. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        description = "Submits a job and prints its id. A job that cannot run is refused with every problem at once.")
final class SubmitCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "JOB.yaml", description = "The job document, YAML or JSON; - reads stdin.")
    private String file;

    @Option(names = "--json", description = "Print the job as JSON.")
    private boolean json;

    @Mixin
    private CoordinatorOption coordinator;

    SubmitCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        JobView job = coordinator.client().submit(document());
        terminal.out().println(json ? Json.write(job) : job.id());
        return 0;
    }

    private String document() {
        try {
            return file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new CliException("cannot read the job document " + file + ": " + e.getMessage(), e);
        }
    }
}
