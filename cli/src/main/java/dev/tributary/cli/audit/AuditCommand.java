package dev.tributary.cli.audit;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tributary audit}. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Fetches a coordinator's log and checks it without the coordinator.",
        subcommands = {ExportCommand.class, VerifyCommand.class})
public final class AuditCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which audit command?");
    }
}
