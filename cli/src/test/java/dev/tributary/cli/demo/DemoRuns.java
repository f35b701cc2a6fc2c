package dev.tributary.cli.demo;

import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.agent.config.ModelSource;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.JobRun;
import dev.tributary.cli.local.LocalFederation;
import dev.tributary.cli.local.LocalSite;
import dev.tributary.cli.report.Report;
import dev.tributary.training.model.Device;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The demonstration's federation in this process, with a shorter job. */
final class DemoRuns {

    private DemoRuns() {}

    /** The sites with little data: 96 sentences to train on, 48 held out. */
    static List<LocalSite> smallSites(Path directory) {
        SentimentSites.write(directory);
        return SentimentSites.local(directory).stream()
                .map(site -> {
                    DatasetConfig all = site.datasets().get(SentimentTask.DATASET);
                    DatasetConfig few = new DatasetConfig(
                            all.task(),
                            all.train().withRows(first(96)),
                            all.test().withRows(first(48)));
                    return new LocalSite(site.id(), new TreeMap<>(Map.of(SentimentTask.DATASET, few)));
                })
                .toList();
    }

    private static Set<Integer> first(int rows) {
        return IntStream.range(0, rows).boxed().collect(Collectors.toSet());
    }

    /** Two rounds on little data; the result is written to {@code directory/out}. */
    static Report run(Path directory, String method, long seed) throws InterruptedException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        String document = new SentimentTask().document(method, 2, seed);
        try (LocalFederation federation = LocalFederation.start(
                directory,
                smallSites(directory.resolve("data")),
                Map.of(new SentimentTask().model(), ModelSource.packaged()),
                0,
                1,
                List.of(Device.CPU),
                false)) {
            CountDownLatch never = new CountDownLatch(1);
            federation.awaitAgents(never);
            return new JobRun(federation.client(), new Terminal(nowhere, nowhere, false, 100), never)
                    .run(document, directory.resolve("out"))
                    .orElseThrow();
        }
    }
}
