package dev.tributary.coordinator.job;

import dev.tributary.coordinator.log.EventCodec;
import dev.tributary.plan.FoldRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the golden logs of the present version: {@code java GoldenLogWriter DIRECTORY}. A released version's files are
 * never written again.
 */
final class GoldenLogWriter {

    private GoldenLogWriter() {}

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        Driven d = new Driven(Jobs.job(3, 2, false, "last"));
        ReplayTest.goOn(d);
        List<Driven.Logged> log = new ArrayList<>();
        for (Driven.Logged entry : d.log) {
            log.add(new Driven.Logged(withFold(entry.event()), entry.at()));
        }
        Files.writeString(directory.resolve("log-v1.tsv"), text(log));
        Files.writeString(
                directory.resolve("log-v1-ends.tsv"),
                text(List.of(
                        new Driven.Logged(new JobEvent.JobFailed("round 1 was abandoned 3 times"), Jobs.START),
                        new Driven.Logged(
                                new JobEvent.UpdateRejected(
                                        1, 1, Jobs.SITES.get(0), "plan", Jobs.hex("x"), "not-finite", "NaN in x"),
                                Jobs.START),
                        new Driven.Logged(new JobEvent.JobCancelled("not needed"), Jobs.START),
                        new Driven.Logged(new JobEvent.JobPaused("maintenance"), Jobs.START),
                        new Driven.Logged(new JobEvent.JobResumed(), Jobs.START),
                        new Driven.Logged(new JobEvent.JobRetried(), Jobs.START))));
    }

    private static JobEvent withFold(JobEvent event) {
        if (event instanceof JobEvent.StatePublished e && e.version() > 1) {
            return new JobEvent.StatePublished(
                    e.version(),
                    e.parts(),
                    new FoldRef(e.version() - 1, Jobs.blob("fold-" + e.version())),
                    e.methodState(),
                    e.locations(),
                    e.diagnostics(),
                    e.aggregateSeconds(),
                    e.publishSeconds());
        }
        return event;
    }

    private static String text(List<Driven.Logged> log) {
        EventCodec codec = new EventCodec(JobEvent.TYPES);
        StringBuilder text = new StringBuilder("# time, event type and body as stored, one event a line\n");
        for (Driven.Logged entry : log) {
            text.append(entry.at())
                    .append('\t')
                    .append(codec.type(entry.event()))
                    .append('\t')
                    .append(new String(codec.encode(entry.event()), StandardCharsets.UTF_8))
                    .append('\n');
        }
        return text.toString();
    }
}
