package dev.tributary.cli.adapter;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.job.CoordinatorOption;
import dev.tributary.cli.report.TextTable;
import dev.tributary.coordinator.registry.Promotion;
import dev.tributary.coordinator.registry.RegisteredAdapter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tributary adapter list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the names that adapters were promoted under, and what they stand for.")
final class ListCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--json", description = "Print JSON, with every earlier promotion.")
    private boolean json;

    @Mixin
    private CoordinatorOption coordinator;

    ListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<RegisteredAdapter> names = coordinator.client().registry();
        if (json) {
            terminal.out().println(Json.write(names));
            return 0;
        }
        TextTable table = new TextTable(List.of("name", "adapter", "promoted", "by", "SHA-256"));
        for (RegisteredAdapter each : names) {
            Promotion current = each.current();
            table.row(
                    current == null
                            ? List.of(each.name(), "none", "", "", "")
                            : List.of(
                                    each.name(),
                                    RegistryLines.of(current),
                                    current.at().toString(),
                                    current.by(),
                                    current.adapterSha256()));
        }
        table.lines().forEach(terminal.out()::println);
        return 0;
    }
}
