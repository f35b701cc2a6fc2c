package dev.tributary.cli.adapter;

import dev.tributary.adapter.PeftDirectory;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import dev.tributary.training.merge.MergedModel;
import dev.tributary.training.packaged.PackagedModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary adapter merge}. */
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        description = "Merges an adapter into its base model and writes the result as a Hugging Face directory.")
final class MergeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "ADAPTER", description = "PEFT directory.")
    private Path adapter = Path.of("adapter");

    @Option(
            names = "--base",
            required = true,
            paramLabel = "DIR",
            description = "Hugging Face directory of the base model, or the name of a packaged model.")
    private String base = "";

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New directory for the merged model.")
    private Path out = Path.of("merged");

    MergeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        LogFile.toConsole();
        Path model = Path.of(base);
        if (!Files.exists(model) && PackagedModels.contains(base)) {
            model = PackagedModels.resolve(base);
        }
        try (PeftDirectory peft = PeftDirectory.open(adapter)) {
            List<String> merged = MergedModel.write(model, peft.config().adapter(), peft.tensors(), out);
            terminal.out().println("Merged " + merged.size() + " modules into " + out);
        }
        return 0;
    }
}
