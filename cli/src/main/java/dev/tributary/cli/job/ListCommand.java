package dev.tributary.cli.job;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.report.TextTable;
import dev.tributary.coordinator.view.JobView;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tributary job list}. */
@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists all jobs, newest first.")
final class ListCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private CoordinatorOption coordinator;

    ListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<JobView> jobs = coordinator.client().jobs();
        if (json) {
            terminal.out().println(Json.write(jobs));
            return 0;
        }
        TextTable table = new TextTable(List.of("job", "status", "method", "round", "rounds", "submitted"));
        for (JobView job : jobs) {
            table.row(List.of(
                    job.id(),
                    job.status(),
                    job.method(),
                    Integer.toString(job.round()),
                    Integer.toString(job.rounds()),
                    job.submittedAt().toString()));
        }
        table.lines().forEach(terminal.out()::println);
        return 0;
    }
}
