package dev.tributary.cli.demo;

import dev.tributary.agent.config.ModelSource;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.JobRun;
import dev.tributary.cli.local.LocalFederation;
import dev.tributary.cli.report.Report;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The demonstration's federation in this process, with a shorter job. */
final class DemoRuns {

    private DemoRuns() {}

    /** Two rounds of a few steps; the result is written to {@code directory/out}. */
    static Report run(Path directory, String method, long seed) throws InterruptedException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        String document = new DemoJob(method, 2, seed).document().replace("{epochs: 1,", "{max-steps: 12,");
        SentimentSites.write(directory.resolve("data"));
        try (LocalFederation federation = LocalFederation.start(
                directory,
                SentimentSites.local(directory.resolve("data")),
                Map.of(DemoJob.MODEL, ModelSource.packaged()),
                0,
                1)) {
            CountDownLatch never = new CountDownLatch(1);
            federation.awaitAgents(never);
            return new JobRun(federation.client(), new Terminal(nowhere, nowhere, false, 100), never)
                    .run(document, job -> false, directory.resolve("out"))
                    .orElseThrow();
        }
    }
}
