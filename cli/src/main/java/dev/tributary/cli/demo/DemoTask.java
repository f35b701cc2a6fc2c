package dev.tributary.cli.demo;

import dev.tributary.cli.local.LocalSite;
import java.nio.file.Path;
import java.util.List;

/** What the demonstration learns: a base model, sites with their data, and a job. */
interface DemoTask {

    /** As {@code --task} says it. */
    String type();

    /** Of the job. */
    String name();

    /** A packaged model. */
    String model();

    /** Writes each site's data under {@code directory}. */
    List<LocalSite> sites(Path directory);

    /** The job document. */
    String document(String method, int rounds, long seed);

    List<DemoTask> ALL = List.of(new SentimentTask(), new AddressesTask());
}
