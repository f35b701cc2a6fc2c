package dev.tributary.cli.job;

import dev.tributary.cli.report.Report;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.RoundView;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Builds a report from what the coordinator tells of a job. */
public final class JobReports {

    private JobReports() {}

    /** @param adapterSha256 of the exported adapter, empty if there is none */
    public static Report of(JobView job, List<RoundView> rounds, String adapterSha256) {
        return new Report(
                job.id(),
                job.name(),
                job.status(),
                job.method(),
                job.baseModel(),
                job.task(),
                job.rank(),
                job.alpha(),
                job.seed(),
                adapterSha256,
                rounds.stream()
                        .filter(JobReports::isPublished)
                        .map(JobReports::round)
                        .toList());
    }

    static boolean isPublished(RoundView round) {
        return round.phase().equals("published");
    }

    private static Report.Round round(RoundView round) {
        return new Report.Round(
                round.round(),
                round.accepted(),
                round.rejected().stream()
                        .map(r -> new Report.Rejection(r.agent(), r.reason()))
                        .toList(),
                round.late(),
                round.metrics().mean(),
                round.metrics().agents(),
                round.bytesUp(),
                round.bytesDown(),
                traffic(round),
                orNaN(round.aggregationError()),
                round.aggregation(),
                orNaN(round.epsilon()),
                round.seconds());
    }

    private static SortedMap<String, Report.Traffic> traffic(RoundView round) {
        SortedMap<String, Report.Traffic> traffic = new TreeMap<>();
        round.traffic().forEach((agent, t) -> traffic.put(agent, new Report.Traffic(t.up(), t.down())));
        return traffic;
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }
}
