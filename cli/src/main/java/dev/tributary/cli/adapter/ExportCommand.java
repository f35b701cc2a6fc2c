package dev.tributary.cli.adapter;

import dev.tributary.cli.Terminal;
import dev.tributary.cli.job.CoordinatorOption;
import dev.tributary.cli.local.ResultFiles;
import dev.tributary.cli.rest.CoordinatorClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary adapter export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches a job's adapter from the coordinator as a PEFT directory that works on the unmodified base model.",
            "A classification head lies beside it in head.safetensors."
        })
final class ExportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "JOB", description = "The job's id; with --promoted a name.")
    private String job = "";

    @Option(names = "--promoted", description = "Fetch what was promoted under the name.")
    private boolean promoted;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Directory for adapter/.")
    private Path out = Path.of("out");

    @Mixin
    private CoordinatorOption coordinator;

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        CoordinatorClient client = coordinator.client();
        Path adapter = ResultFiles.fetchAdapter(
                promoted ? zip -> client.promotedAdapter(job, zip) : zip -> client.adapter(job, zip), out);
        terminal.out().println("Adapter of " + job + " in " + adapter);
        return 0;
    }
}
