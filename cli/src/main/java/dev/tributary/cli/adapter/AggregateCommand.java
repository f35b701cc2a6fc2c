package dev.tributary.cli.adapter;

import dev.tributary.adapter.FormatException;
import dev.tributary.aggregation.offline.PeftMerge;
import dev.tributary.cli.CliException;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary adapter aggregate}. */
@Command(
        name = "aggregate",
        mixinStandardHelpOptions = true,
        description = {
            "Combines LoRA adapters in PEFT directories by a federated method, as one round of it would.",
            "What an exact method would fold into the base becomes extra rank of the adapter that is written."
        })
final class AggregateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "PEFT directories of LoRA adapters on one base.")
    private List<Path> directories = new ArrayList<>();

    @Option(
            names = "--method",
            defaultValue = "fedex",
            description = "For example fedavg, fedex, flora, flexlora or median. Default: ${DEFAULT-VALUE}.")
    private String method = "fedex";

    @Option(
            names = "--weights",
            split = ",",
            description = "One whole number per directory, for example of training examples. Default: equal.")
    private List<Long> weights = new ArrayList<>();

    @Option(names = "--out", required = true, description = "PEFT directory to write.")
    private Path out = Path.of("out");

    @Option(names = "--rank", defaultValue = "0", description = "Cut to at most this rank by SVD. Default: not at all.")
    private int rank;

    @Option(names = "--option", description = "KEY=VALUE of the method, as under aggregation in a job file.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    AggregateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (rank < 0) {
            throw new CliException("--rank must be ≥ 0, was " + rank);
        }
        List<Long> shares =
                weights.isEmpty() ? directories.stream().map(d -> 1L).toList() : weights;
        if (shares.size() != directories.size() || shares.stream().anyMatch(w -> w < 1)) {
            throw new CliException("--weights needs one whole number above 0 for each of the " + directories.size()
                    + " directories, was " + weights);
        }
        Path work = Files.createTempDirectory("tributary-aggregate");
        try {
            print(new PeftMerge(method, options).merge(directories, shares, out, rank, work));
        } catch (IllegalArgumentException | FormatException e) {
            throw new CliException(String.valueOf(e.getMessage()));
        } finally {
            delete(work);
        }
        return 0;
    }

    private void print(PeftMerge.Merged merged) {
        if (json) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("method", method);
            values.put("adapters", merged.adapters());
            values.put("modules", merged.modules());
            values.put("rank", merged.rank());
            values.put("relativeError", merged.relativeError());
            values.put("out", out.toString());
            terminal.out().println(Json.write(values));
            return;
        }
        terminal.out()
                .println(String.format(
                        Locale.ROOT,
                        "%s of %d adapters, %d modules: rank %d, relative error %.3g against the mean of products; in %s",
                        method,
                        merged.adapters(),
                        merged.modules(),
                        merged.rank(),
                        merged.relativeError(),
                        out));
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + directory + ": " + e.getMessage(), e);
        }
    }
}
