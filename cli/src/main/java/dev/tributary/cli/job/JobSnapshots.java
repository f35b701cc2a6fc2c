package dev.tributary.cli.job;

import dev.tributary.cli.display.Snapshot;
import dev.tributary.cli.report.Report;
import dev.tributary.cli.report.RoundLine;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.ProgressView;
import dev.tributary.coordinator.view.RoundView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Builds what the display shows from what the coordinator tells of a job. */
final class JobSnapshots {

    private JobSnapshots() {}

    static Snapshot of(JobView job, List<RoundView> rounds, List<ProgressView> progress) {
        Report report = JobReports.of(job, rounds, "");
        boolean over = !job.isRunning();
        List<String> finished = new ArrayList<>();
        for (Report.Round round : report.rounds()) {
            if (!over && !round.seconds().containsKey("evaluate")) {
                break;
            }
            finished.add(RoundLine.of(report, round));
        }
        RoundView newest = rounds.isEmpty() ? null : rounds.get(rounds.size() - 1);
        return new Snapshot(
                job.id(),
                newest == null ? "waiting for agents" : job.status(),
                job.round(),
                job.rounds(),
                phase(job),
                newest == null || over ? List.of() : agents(newest, progress),
                finished,
                rounds.stream().mapToLong(RoundView::bytesUp).sum(),
                rounds.stream().mapToLong(RoundView::bytesDown).sum());
    }

    private static String phase(JobView job) {
        if (!job.isRunning()) {
            return job.status();
        }
        return job.phase().equals("published") ? "evaluating" : job.phase();
    }

    private static List<Snapshot.AgentLine> agents(RoundView round, List<ProgressView> progress) {
        Map<String, ProgressView> byAgent = progress.stream()
                .collect(Collectors.toMap(ProgressView::agent, Function.identity(), JobSnapshots::busier));
        return round.cohort().stream()
                .map(agent -> line(agent, round, byAgent.get(agent)))
                .toList();
    }

    /** Of two things an agent has on its table the one it is doing. */
    private static ProgressView busier(ProgressView a, ProgressView b) {
        return a.phase().equals("waiting") || a.phase().equals("idle") ? b : a;
    }

    private static Snapshot.AgentLine line(String agent, RoundView round, @Nullable ProgressView p) {
        if (p != null && !p.phase().equals("idle")) {
            boolean moving = p.phase().equals("fetching") || p.phase().equals("uploading");
            return new Snapshot.AgentLine(agent, p.phase(), p.done(), p.total(), moving ? "bytes" : "batches");
        }
        return new Snapshot.AgentLine(agent, standing(agent, round), 0, 0, "batches");
    }

    private static String standing(String agent, RoundView round) {
        if (round.rejected().stream().anyMatch(r -> r.agent().equals(agent))) {
            return "rejected";
        }
        if (round.late().contains(agent)) {
            return "late";
        }
        return round.accepted().contains(agent) ? "accepted" : "waiting";
    }
}
