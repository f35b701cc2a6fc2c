package dev.tributary.cli.adapter;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tributary adapter}. */
@Command(
        name = "adapter",
        mixinStandardHelpOptions = true,
        description = "Works on adapters: those in PEFT directories, and those a coordinator hands out.",
        subcommands = {
            InspectCommand.class,
            DiffCommand.class,
            MergeCommand.class,
            ExportCommand.class,
            AggregateCommand.class,
            ListCommand.class,
            PromoteCommand.class,
            RollbackCommand.class
        })
public final class AdapterCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which adapter command?");
    }
}
