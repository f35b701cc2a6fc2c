package dev.tributary.cli.job;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.coordinator.view.JobView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is asked of one job that exists; prints the job as it then stands. */
abstract class OrderCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final String action;

    @Parameters(paramLabel = "JOB", description = "Job id.")
    private String id;

    @Option(names = "--json", description = "Print the job as JSON.")
    private boolean json;

    @Mixin
    private CoordinatorOption coordinator;

    OrderCommand(Terminal terminal, String action) {
        this.terminal = terminal;
        this.action = action;
    }

    @Override
    public Integer call() {
        JobView job = coordinator.client().order(id, action);
        terminal.out().println(json ? Json.write(job) : job.id() + " " + job.status());
        return 0;
    }

    /** {@code tributary job pause}. */
    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = "Lets a job finish the round under way and open no further one.")
    static final class Pause extends OrderCommand {
        Pause(Terminal terminal) {
            super(terminal, "pause");
        }
    }

    /** {@code tributary job resume}. */
    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Lets a paused job go on.")
    static final class Resume extends OrderCommand {
        Resume(Terminal terminal) {
            super(terminal, "resume");
        }
    }

    /** {@code tributary job cancel}. */
    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = "Cancels a job; one that is over stays as it is.")
    static final class Cancel extends OrderCommand {
        Cancel(Terminal terminal) {
            super(terminal, "cancel");
        }
    }

    /** {@code tributary job retry}. */
    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description = "Runs a failed or cancelled job again, from its last published round.")
    static final class Retry extends OrderCommand {
        Retry(Terminal terminal) {
            super(terminal, "retry");
        }
    }
}
