package dev.tributary.cli.enrolment;

import dev.tributary.cli.Terminal;
import dev.tributary.cli.job.CoordinatorOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tributary enrolment revoke}. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = "Shuts an agent out at once. Another token admits it again, with other keys if need be.")
final class RevokeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "AGENT", description = "The agent's name.")
    private String agent = "";

    @Mixin
    private CoordinatorOption coordinator;

    RevokeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        coordinator.client().revoke(agent);
        terminal.err().println("agent " + agent + " is shut out");
        return 0;
    }
}
