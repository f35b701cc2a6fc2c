package dev.tributary.cli.process;

import dev.tributary.agent.check.AgentCheck;
import dev.tributary.agent.check.AgentCheck.Finding;
import dev.tributary.agent.config.AgentConfigFile;
import dev.tributary.cli.Terminal;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tributary agent check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Looks before the start at what an agent needs: membership, broker, clock, disk, device, models, datasets.",
            "Exit status 1 if something is missing."
        })
final class CheckCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The agent's configuration, YAML.")
    private Path config = Path.of("agent.yaml");

    CheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<Finding> findings = AgentCheck.run(AgentConfigFile.read(config), Clock.systemUTC());
        for (Finding finding : findings) {
            terminal.out().println((finding.good() ? "ok      " : "MISSING ") + finding.what() + ": " + finding.text());
        }
        return findings.stream().allMatch(Finding::good) ? 0 : 1;
    }
}
