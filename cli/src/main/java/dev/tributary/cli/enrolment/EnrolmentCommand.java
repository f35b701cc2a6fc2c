package dev.tributary.cli.enrolment;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tributary enrolment}. */
@Command(
        name = "enrolment",
        mixinStandardHelpOptions = true,
        description = "Admits agents to a coordinator's federation, and shuts them out; equips brokers.",
        subcommands = {TokenCommand.class, MembersCommand.class, RevokeCommand.class, BrokerCommand.class})
public final class EnrolmentCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which enrolment command?");
    }
}
