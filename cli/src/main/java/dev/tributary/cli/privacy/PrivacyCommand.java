package dev.tributary.cli.privacy;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tributary privacy}. */
@Command(
        name = "privacy",
        mixinStandardHelpOptions = true,
        description = "Accounts for differential privacy: no job, no coordinator, only the arithmetic.",
        subcommands = {EpsilonCommand.class, CalibrateCommand.class})
public final class PrivacyCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which privacy command?");
    }
}
