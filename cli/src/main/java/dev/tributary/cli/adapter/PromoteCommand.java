package dev.tributary.cli.adapter;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.job.CoordinatorOption;
import dev.tributary.coordinator.registry.RegisteredAdapter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary adapter promote}. */
@Command(
        name = "promote",
        mixinStandardHelpOptions = true,
        description = {
            "Lets a name stand for a job's adapter, in place of the one it stood for.",
            "Applications fetch it by the name; adapter rollback takes it back."
        })
final class PromoteCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "JOB", description = "The job's id.")
    private String job = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "New or not: 1 to 64 of a-z, 0-9 and '-'.")
    private String name = "";

    @Option(
            names = "--round",
            paramLabel = "N",
            description = "Round whose adapter is meant. Default: the job's result, while it runs the newest.")
    private @Nullable Integer version;

    @Option(names = "--note", defaultValue = "", description = "Why; stands in the audit log.")
    private String note = "";

    @Option(names = "--json", description = "Print the name's adapters as JSON.")
    private boolean json;

    @Mixin
    private CoordinatorOption coordinator;

    PromoteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RegisteredAdapter adapter = coordinator.client().promote(name, job, version, note);
        terminal.out().println(json ? Json.write(adapter) : RegistryLines.standing(adapter));
        return 0;
    }
}
