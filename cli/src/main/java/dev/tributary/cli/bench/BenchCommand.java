package dev.tributary.cli.bench;

import dev.tributary.cli.bench.rounds.EnrolCommand;
import dev.tributary.cli.bench.rounds.HeartbeatsCommand;
import dev.tributary.cli.bench.rounds.RecoveryCommand;
import dev.tributary.cli.bench.rounds.RoundsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tributary bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures this machine.",
        subcommands = {
            TrainCommand.class,
            AggregateCommand.class,
            RoundsCommand.class,
            RecoveryCommand.class,
            HeartbeatsCommand.class,
            EnrolCommand.class,
            CryptoCommand.class
        })
public final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which bench command?");
    }
}
