package dev.tributary.cli.process;

import dev.tributary.agent.Agent;
import dev.tributary.agent.AgentMain;
import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.AgentConfigFile;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import dev.tributary.cli.local.StopSignal;
import dev.tributary.training.TrainingEngine;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tributary agent}. */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        description = "Runs an agent beside its data until it is stopped.",
        subcommands = {EnrolCommand.class, CheckCommand.class})
public final class AgentCommand implements Callable<Integer> {
    private static final long CHECK_MILLIS = 500;

    private final Terminal terminal;

    @Option(names = "--config", paramLabel = "FILE", description = "The agent's configuration, YAML. Needed.")
    private @Nullable Path config;

    @Spec
    private CommandSpec spec;

    public AgentCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (config == null) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '--config=FILE'");
        }
        LogFile.toConsole();
        AgentConfig settings = AgentConfigFile.read(config);
        try (StopSignal stop = StopSignal.install();
                TrainingEngine engine = AgentMain.engine(settings);
                Agent agent = AgentMain.start(settings, engine)) {
            terminal.err()
                    .println("Agent " + agent.id() + " serves the federation " + settings.federation() + " at "
                            + settings.kafka().bootstrapServers());
            while (agent.isRunning() && !stop.latch().await(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                // waiting is all there is to do here
            }
            return stop.isStopped() ? 0 : 1;
        }
    }
}
