package dev.tributary.cli.job;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.coordinator.view.JobView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary job cancel}. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        description = "Cancels a running job; one that is over stays as it is.")
final class CancelCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "JOB", description = "Job id.")
    private String id;

    @Option(names = "--json", description = "Print the job as JSON.")
    private boolean json;

    @Mixin
    private CoordinatorOption coordinator;

    CancelCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        JobView job = coordinator.client().cancel(id);
        terminal.out().println(json ? Json.write(job) : job.id() + " " + job.status());
        return 0;
    }
}
