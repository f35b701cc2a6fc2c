package dev.tributary.cli.demo;

import dev.tributary.cli.local.LocalSite;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

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

    /**
     * The job document.
     *
     * @param epsilon budget of example-level differential privacy; empty for none
     */
    String document(String method, int rounds, long seed, OptionalDouble epsilon);

    /** The job document, without differential privacy. */
    default String document(String method, int rounds, long seed) {
        return document(method, rounds, seed, OptionalDouble.empty());
    }

    List<DemoTask> ALL = List.of(new SentimentTask(), new AddressesTask());
}
