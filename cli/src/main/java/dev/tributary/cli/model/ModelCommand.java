package dev.tributary.cli.model;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tributary model}. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Looks into base models and checks this engine against PyTorch's results.",
        subcommands = {InfoCommand.class, ParityCommand.class})
public final class ModelCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which model command?");
    }
}
