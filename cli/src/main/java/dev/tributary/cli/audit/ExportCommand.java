package dev.tributary.cli.audit;

import dev.tributary.cli.Terminal;
import dev.tributary.cli.job.CoordinatorOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tributary audit export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches the whole log with its signed checkpoints.",
            "Kept where the coordinator's operator cannot change it, it holds the coordinator to all that it covers."
        })
final class ExportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to write it.")
    private Path out = Path.of("audit.ndjson");

    @Mixin
    private CoordinatorOption coordinator;

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        coordinator.client().auditLog(out);
        terminal.err().println("written to " + out + "; tributary audit verify " + out + " checks it");
        return 0;
    }
}
