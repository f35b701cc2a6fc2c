package dev.tributary.cli.model;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.LogFile;
import dev.tributary.training.model.Gpus;
import dev.tributary.training.parity.ParityCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary model parity}. */
@Command(
        name = "parity",
        mixinStandardHelpOptions = true,
        description = {
            "Compares this engine with what PyTorch and PEFT recorded: logits, hidden states, loss, gradients,"
                    + " optimiser steps, merged weights. Prints the largest error of each.",
            "Exit status 1 if any check fails."
        })
final class ParityCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "FIXTURE_DIR", description = "A recorded model, or one variant of it.")
    private Path directory;

    @Option(names = "--device", defaultValue = "cpu", description = "cpu, cuda or cuda:N. Default: ${DEFAULT-VALUE}.")
    private String device = "cpu";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ParityCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A check as JSON tells it. */
    record Line(String check, double error, double tolerance, boolean passed) {}

    @Override
    public Integer call() {
        LogFile.toConsole();
        List<ParityCheck.Check> checks = ParityCheck.run(directory, Gpus.choose(device));
        long failed = checks.stream().filter(check -> !check.passed()).count();
        if (json) {
            terminal.out()
                    .println(Json.write(checks.stream()
                            .map(c -> new Line(c.name(), c.error(), c.tolerance(), c.passed()))
                            .toList()));
        } else {
            checks.forEach(terminal.out()::println);
            terminal.out().println(checks.size() + " checks, " + failed + " failed");
        }
        return failed == 0 && !checks.isEmpty() ? 0 : 1;
    }
}
