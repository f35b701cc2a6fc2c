package dev.tributary.cli.adapter;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.job.CoordinatorOption;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.registry.Promotion;
import dev.tributary.coordinator.registry.RegisteredAdapter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary adapter rollback}. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = "Takes a name's newest promotion back: the adapter before it holds again.")
final class RollbackCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "NAME", description = "As it was promoted.")
    private String name = "";

    @Option(names = "--note", defaultValue = "", description = "Why; stands in the audit log.")
    private String note = "";

    @Option(names = "--json", description = "Print the name's adapters as JSON.")
    private boolean json;

    @Mixin
    private CoordinatorOption coordinator;

    RollbackCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CoordinatorClient client = coordinator.client();
        Promotion current = client.registered(name).current();
        if (current == null) {
            throw new CliException("'" + name + "' stands for no adapter: there is nothing to roll back");
        }
        RegisteredAdapter adapter = client.rollBack(name, current.number(), note);
        terminal.out().println(json ? Json.write(adapter) : RegistryLines.standing(adapter));
        return 0;
    }
}
