package dev.tributary.cli.adapter;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.PeftConfig;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.report.Format;
import dev.tributary.cli.report.TextTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary adapter inspect}. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Checks a PEFT directory whole and lists its configuration and tensors.")
final class InspectCommand implements Callable<Integer> {
    private static final int PIECE = 1 << 16;

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "PEFT directory.")
    private Path directory;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * What is in a directory.
     *
     * @param bytes of all tensors
     */
    record Inspection(
            @Nullable String baseModel,
            @Nullable String taskType,
            AdapterConfig adapter,
            long parameters,
            long bytes,
            List<Tensor> tensors) {}

    /** @param norm Frobenius norm */
    record Tensor(String name, String dtype, List<Integer> shape, double norm) {}

    @Override
    public Integer call() {
        Inspection found = inspect(directory);
        if (json) {
            terminal.out().println(Json.write(found));
            return 0;
        }
        AdapterConfig adapter = found.adapter();
        terminal.out()
                .println(adapter.type() + ", rank " + adapter.rank() + ", alpha " + adapter.alpha() + ", on "
                        + String.join(", ", adapter.targetModules()) + "; base model " + found.baseModel());
        terminal.out()
                .println(found.tensors().size() + " tensors, " + found.parameters() + " parameters, "
                        + Format.bytes(found.bytes()));
        TextTable table = new TextTable(List.of("tensor", "type", "shape", "norm"));
        for (Tensor tensor : found.tensors()) {
            table.row(List.of(
                    tensor.name(),
                    tensor.dtype(),
                    tensor.shape().toString(),
                    String.format(Locale.ROOT, "%.5g", tensor.norm())));
        }
        table.lines().forEach(terminal.out()::println);
        return 0;
    }

    private static Inspection inspect(Path directory) {
        try (PeftDirectory peft = PeftDirectory.open(directory)) {
            PeftConfig config = peft.config();
            List<Tensor> tensors = new ArrayList<>();
            long parameters = 0;
            long bytes = 0;
            for (TensorInfo info : peft.tensors().layout().tensors().values()) {
                tensors.add(new Tensor(info.name(), info.dtype().toString(), info.shape(), norm(peft.tensors(), info)));
                parameters += info.elements();
                bytes += info.byteLength();
            }
            return new Inspection(config.baseModel(), config.taskType(), config.adapter(), parameters, bytes, tensors);
        }
    }

    private static double norm(TensorSource source, TensorInfo info) {
        float[] piece = new float[(int) Math.min(PIECE, info.elements())];
        double sum = 0;
        for (long at = 0; at < info.elements(); at += piece.length) {
            int count = (int) Math.min(piece.length, info.elements() - at);
            source.read(info.name(), at, piece, 0, count);
            for (int i = 0; i < count; i++) {
                sum += (double) piece[i] * piece[i];
            }
        }
        return Math.sqrt(sum);
    }
}
