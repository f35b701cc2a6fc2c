package dev.tributary.cli.job;

import dev.tributary.cli.display.ProgressDisplay;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.JobView;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Follows a job on a display until it is over. */
public final class JobWatcher {
    private static final Duration EVERY = Duration.ofMillis(400);

    private final CoordinatorClient client;
    private final CountDownLatch stop;

    /** @param stop when it reaches zero the watcher gives up watching */
    public JobWatcher(CoordinatorClient client, CountDownLatch stop) {
        this.client = client;
        this.stop = stop;
    }

    /** Returns the job as it ended, or as it was when the watching was stopped. */
    public JobView follow(String id, ProgressDisplay display) throws InterruptedException {
        while (true) {
            JobView job = client.job(id);
            display.show(JobSnapshots.of(job, client.rounds(id), client.progress(id)));
            if (!job.isRunning() || stop.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                return job;
            }
        }
    }
}
