package dev.tributary.cli.job;

import dev.tributary.cli.Terminal;
import dev.tributary.cli.display.ProgressDisplay;
import dev.tributary.coordinator.view.JobView;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tributary job watch}. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = "Follows a job until it is over; exit status 1 if it did not complete.")
final class WatchCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "JOB", description = "Job id.")
    private String id;

    @Mixin
    private CoordinatorOption coordinator;

    WatchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        JobView job;
        try (ProgressDisplay display = terminal.display()) {
            job = new JobWatcher(coordinator.client(), new CountDownLatch(1)).follow(id, display);
        }
        terminal.out().println(job.id() + " " + job.status() + (job.reason().isEmpty() ? "" : ": " + job.reason()));
        return job.status().equals("completed") ? 0 : 1;
    }
}
