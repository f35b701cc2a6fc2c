package dev.tributary.cli.process;

import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import dev.tributary.cli.local.StopSignal;
import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code tributary coordinator}. */
@Command(
        name = "coordinator",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a coordinator until it is stopped.",
            "Settings like --tributary.http.port=8081 win over the configuration file."
        })
public final class CoordinatorCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration, YAML or properties.")
    private @Nullable Path config;

    @Option(names = "--exit-when-ready", description = "Stop once it answers: checks settings, store and broker.")
    private boolean exitWhenReady;

    @Unmatched
    private List<String> settings = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    public CoordinatorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        for (String setting : settings) {
            if (!setting.matches("--(tributary|spring|server|logging|management)\\.[^=]+=.*")) {
                throw new ParameterException(
                        spec.commandLine(),
                        "Unknown argument '" + setting + "'; a setting looks like --tributary.http.port=8081");
            }
        }
        LogFile.toConsole();
        CoordinatorOptions options = CoordinatorOptions.fromArguments(settings.toArray(String[]::new));
        if (config != null) {
            options = options.config(config);
        }
        try (StopSignal stop = StopSignal.install();
                Coordinator coordinator = Coordinator.start(options)) {
            terminal.err()
                    .println("Coordinator at " + coordinator.address() + ", broker for agents at "
                            + coordinator.bootstrapServers());
            coordinator
                    .authority()
                    .ifPresent(print -> terminal.err()
                            .println("Certificate authority " + print + " (--ca), signing key "
                                    + coordinator.signingKey() + " (coordinator-key of agents)"));
            coordinator
                    .setUpLink()
                    .ifPresent(link -> terminal.err().println("No account exists yet. Make the first one at " + link));
            if (!exitWhenReady) {
                stop.latch().await();
            }
        }
        return 0;
    }
}
