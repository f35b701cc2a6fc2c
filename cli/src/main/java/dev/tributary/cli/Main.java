package dev.tributary.cli;

import dev.tributary.cli.adapter.AdapterCommand;
import dev.tributary.cli.audit.AuditCommand;
import dev.tributary.cli.bench.BenchCommand;
import dev.tributary.cli.demo.DemoCommand;
import dev.tributary.cli.enrolment.EnrolmentCommand;
import dev.tributary.cli.job.JobCommand;
import dev.tributary.cli.model.ModelCommand;
import dev.tributary.cli.privacy.PrivacyCommand;
import dev.tributary.cli.process.AgentCommand;
import dev.tributary.cli.process.CoordinatorCommand;
import dev.tributary.cli.simulate.PartitionCommand;
import dev.tributary.cli.simulate.SimulateCommand;
import dev.tributary.training.engine.TorchEngine;
import dev.tributary.training.model.NativeRuntime;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Entry point. Exit status: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "tributary",
        description = "Federated LoRA training: coordinator, agents, and a demonstration of both.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            SimulateCommand.class,
            PartitionCommand.class,
            CoordinatorCommand.class,
            AgentCommand.class,
            EnrolmentCommand.class,
            JobCommand.class,
            ModelCommand.class,
            AdapterCommand.class,
            AuditCommand.class,
            PrivacyCommand.class,
            BenchCommand.class,
            CompletionCommand.class
        })
public final class Main implements Runnable {

    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        int status = run(terminal, args);
        terminal.out().flush();
        if (TorchEngine.isComputing()) { // a training that did not stop in time was left behind
            terminal.err().flush();
            NativeRuntime.endProcess(status);
        }
        System.exit(status);
    }

    /** Runs one command line and returns its exit status. */
    public static int run(Terminal terminal, String... args) {
        return new CommandLine(new Main(), new Commands(terminal))
                .setOut(new PrintWriter(terminal.out(), true))
                .setErr(new PrintWriter(terminal.err(), true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setExecutionExceptionHandler((e, line, parsed) -> Failures.report(e, terminal))
                .execute(args);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }
}
