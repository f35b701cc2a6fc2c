package dev.tributary.cli.model;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.engine.TorchEngine;
import dev.tributary.training.packaged.PackagedModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary model info}. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description =
                "Reads a model whole and tells its architecture, checksums and the modules an adapter can target.")
final class InfoCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "Hugging Face directory, or the name of a packaged model.")
    private String model;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    InfoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        LogFile.toConsole();
        Path directory = Path.of(model);
        if (!Files.exists(directory) && PackagedModels.contains(model)) {
            directory = PackagedModels.resolve(model);
        }
        try (TrainingEngine engine = new TorchEngine()) {
            ModelDescriptor found = engine.describe(model, directory);
            if (json) {
                terminal.out().println(Json.write(found));
                return 0;
            }
            terminal.out().println("directory     " + directory.toAbsolutePath().normalize());
            terminal.out().println("architecture  " + found.architecture());
            terminal.out().println("hidden size   " + found.hiddenSize());
            terminal.out().println("positions     " + found.maxPositions());
            terminal.out().println("weights       SHA-256 " + found.weightsSha256());
            terminal.out().println("tokenizer     SHA-256 " + found.tokenizerSha256());
            terminal.out().println("modules that an adapter can target, by last name:");
            byLastName(found).forEach((name, text) -> terminal.out().println("  " + name + "  " + text));
        }
        return 0;
    }

    /** For example {@code query: 6 × (384, 384)}. */
    private static Map<String, String> byLastName(ModelDescriptor found) {
        Map<String, Integer> counts = new TreeMap<>();
        Map<String, String> shapes = new TreeMap<>();
        found.linearModules().forEach((path, shape) -> {
            String name = path.substring(path.lastIndexOf('.') + 1);
            String text = "(" + shape.out() + ", " + shape.in() + ")";
            counts.merge(name, 1, Integer::sum);
            shapes.merge(name, text, (a, b) -> a.contains(b) ? a : a + " " + b);
        });
        Map<String, String> lines = new TreeMap<>();
        counts.forEach((name, count) -> lines.put(name, count + " × " + shapes.get(name)));
        return lines;
    }
}
