package dev.tributary.cli.adapter;

import dev.tributary.adapter.PeftDirectory;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.report.TextTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary adapter diff}. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Compares what two LoRA adapters do to each module: the change s·B·A of the weight, whatever the ranks and"
                    + " however it is factored. Modules that one adapter lacks count as unchanged there.",
            "Exits with 0 if they are the same within --tolerance, with 1 if not."
        })
final class DiffCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "DIR1", description = "PEFT directory.")
    private Path first = Path.of("1");

    @Parameters(index = "1", paramLabel = "DIR2", description = "PEFT directory.")
    private Path second = Path.of("2");

    @Option(
            names = "--tolerance",
            defaultValue = "1e-6",
            description = "Largest relative difference that is none. Default: ${DEFAULT-VALUE}.")
    private double tolerance = 1e-6;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    DiffCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        AdapterDiff diff;
        try (PeftDirectory a = PeftDirectory.open(first);
                PeftDirectory b = PeftDirectory.open(second)) {
            diff = AdapterDiff.of(a, b);
        }
        if (json) {
            terminal.out().println(Json.write(diff));
        } else {
            TextTable table = new TextTable(List.of("module", "‖first‖", "‖second‖", "‖difference‖", "cosine"));
            diff.modules().forEach(m -> table.row(row(m)));
            table.row(row(diff.total()));
            table.lines().forEach(terminal.out()::println);
        }
        return diff.total().relative() <= tolerance ? 0 : 1;
    }

    private static List<String> row(AdapterDiff.Module module) {
        return List.of(
                module.module(),
                number(module.first()),
                number(module.second()),
                number(module.difference()),
                String.format(Locale.ROOT, "%.6f", module.cosine()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.5g", value);
    }
}
