package dev.tributary.cli.local;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.display.ProgressDisplay;
import dev.tributary.cli.job.JobWatcher;
import dev.tributary.cli.report.Report;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobParser;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Runs one job on a local federation, from submission or resumption to files on the disk. */
public final class JobRun {
    private final CoordinatorClient client;
    private final Terminal terminal;
    private final CountDownLatch stop;

    public JobRun(CoordinatorClient client, Terminal terminal, CountDownLatch stop) {
        this.client = client;
        this.terminal = terminal;
        this.stop = stop;
    }

    /**
     * Resumes the job if the coordinator holds it unfinished (same name, method, rounds and seed); any other unfinished
     * job is cancelled.
     *
     * @return the report, empty if the run was stopped before its end
     */
    public Optional<Report> run(String document, Path out) throws InterruptedException {
        JobView job = resume(JobParser.parse(document)).orElseGet(() -> client.submit(document));
        try (ProgressDisplay display = terminal.display()) {
            display.note("job " + job.id());
            job = new JobWatcher(client, stop).follow(job.id(), display);
        }
        if (job.isRunning()) {
            terminal.err()
                    .println("Stopped in round " + job.round() + " of " + job.rounds()
                            + ". The same command resumes job " + job.id() + ".");
            return Optional.empty();
        }
        if (job.status().equals("budget-exhausted") && job.resultRound() > 0) {
            terminal.err()
                    .println("The privacy budget ended the job after round " + job.resultRound() + " of " + job.rounds()
                            + ": " + job.reason());
        } else if (!job.status().equals("completed")) {
            throw new CliException("job " + job.id() + " " + job.status() + ": " + job.reason());
        }
        return Optional.of(ResultFiles.write(client, job, out));
    }

    private Optional<JobView> resume(Job wanted) {
        Optional<JobView> resumed = Optional.empty();
        for (JobView job : client.jobs()) {
            if (!job.isRunning()) {
                continue;
            }
            String what = "unfinished job " + job.id() + " (" + job.method() + ", round " + Math.max(1, job.round())
                    + " of " + job.rounds() + ")";
            if (resumed.isEmpty() && isSame(wanted, job)) {
                terminal.err().println("Resuming " + what + ".");
                resumed = Optional.of(job);
            } else {
                terminal.err().println("Cancelling " + what + ": this run asks for another job.");
                client.order(job.id(), "cancel");
            }
        }
        return resumed;
    }

    private static boolean isSame(Job wanted, JobView job) {
        return job.name().equals(wanted.name())
                && job.method().equals(wanted.aggregation().method())
                && job.rounds() == wanted.rounds()
                && job.seed() == wanted.seed();
    }
}
