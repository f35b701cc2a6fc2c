package dev.tributary.cli.job;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tributary job}. */
@Command(
        name = "job",
        mixinStandardHelpOptions = true,
        description = "Submits, lists, shows, watches, pauses, resumes, cancels and retries jobs on a coordinator.",
        subcommands = {
            SubmitCommand.class,
            ListCommand.class,
            ShowCommand.class,
            WatchCommand.class,
            OrderCommand.Pause.class,
            OrderCommand.Resume.class,
            OrderCommand.Cancel.class,
            OrderCommand.Retry.class
        })
public final class JobCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which job command?");
    }
}
