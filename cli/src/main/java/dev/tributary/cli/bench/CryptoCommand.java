package dev.tributary.cli.bench;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.report.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tributary bench crypto}. */
@Command(
        name = "crypto",
        mixinStandardHelpOptions = true,
        description = {
            "Times signatures, sealed messages and files, and private noise on one thread, by processor time.",
            "Messages have 1 kB, the file 64 MB."
        })
final class CryptoCommand implements Callable<Integer> {

    private static final int FILE_BYTES = 64_000_000;

    private final Terminal terminal;

    @Option(names = "--seconds", defaultValue = "2", description = "For each figure. Default: ${DEFAULT-VALUE}.")
    private double seconds = 2;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CryptoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (!(seconds > 0 && seconds <= 600)) {
            throw new CliException("--seconds must be above 0 and at most 600, was " + seconds);
        }
        Path scratch = Files.createTempDirectory("tributary-bench");
        Map<String, Double> figures;
        try {
            figures = new CryptoBenchmark(seconds, FILE_BYTES).run(scratch);
        } finally {
            for (String file : List.of("plain", "sealed", "opened")) {
                Files.deleteIfExists(scratch.resolve(file));
            }
            Files.deleteIfExists(scratch);
        }
        if (json) {
            terminal.out().println(Json.write(figures));
            return 0;
        }
        TextTable table = new TextTable(List.of("what", "a second"));
        figures.forEach((name, rate) -> table.row(List.of(name, String.format(Locale.ROOT, "%,.1f", rate))));
        table.lines().forEach(terminal.out()::println);
        return 0;
    }
}
