package dev.tributary.cli.job;

import dev.tributary.cli.Terminal;
import dev.tributary.cli.report.Report;
import dev.tributary.cli.report.ReportJson;
import dev.tributary.cli.report.RoundTable;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.JobView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary job show}. */
@Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a job and its rounds so far.")
final class ShowCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "JOB", description = "Job id.")
    private String id;

    @Option(names = "--json", description = "Print the report as JSON, in the form of report.json.")
    private boolean json;

    @Mixin
    private CoordinatorOption coordinator;

    ShowCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CoordinatorClient client = coordinator.client();
        JobView job = client.job(id);
        Report report = JobReports.of(job, client.rounds(id), "");
        if (json) {
            terminal.out().print(ReportJson.write(report));
            return 0;
        }
        terminal.out()
                .println(job.id() + "  " + job.status() + (job.reason().isEmpty() ? "" : ": " + job.reason()) + "  "
                        + job.method() + " on " + job.baseModel() + ", round " + job.round() + " of " + job.rounds());
        if (!report.rounds().isEmpty()) {
            terminal.out().println();
            RoundTable.lines(report).forEach(terminal.out()::println);
        }
        return 0;
    }
}
