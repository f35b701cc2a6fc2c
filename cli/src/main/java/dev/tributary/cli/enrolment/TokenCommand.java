package dev.tributary.cli.enrolment;

import dev.tributary.cli.Terminal;
import dev.tributary.cli.job.CoordinatorOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary enrolment token}. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a one-time token that admits one agent, and prints it.",
            "Hand it to the site by a way that others cannot read; tributary agent enrol takes it."
        })
final class TokenCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "AGENT", description = "The agent's name, 3 to 40 of a-z, 0-9 and '-'.")
    private String agent = "";

    @Option(
            names = "--hours",
            defaultValue = "24",
            description = "Until it expires, 1 to 168. Default: ${DEFAULT-VALUE}.")
    private int hours;

    @Mixin
    private CoordinatorOption coordinator;

    TokenCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().println(coordinator.client().enrolmentToken(agent, hours));
        return 0;
    }
}
