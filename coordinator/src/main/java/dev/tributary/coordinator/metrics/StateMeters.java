package dev.tributary.coordinator.metrics;

import dev.tributary.coordinator.view.AgentView;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.coordinator.view.RoundView;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** How things stand: agents and jobs by state, and the newest figures of running jobs. */
@Component
@EnableScheduling
class StateMeters {

    private final JobViews views;
    private final MultiGauge error;
    private final MultiGauge epsilon;
    private final MultiGauge metric;

    StateMeters(MeterRegistry meters, JobViews views) {
        this.views = views;
        Gauge.builder("tributary.agents", () -> agents(true))
                .tag("state", "live")
                .register(meters);
        Gauge.builder("tributary.agents", () -> agents(false))
                .tag("state", "away")
                .register(meters);
        for (String status : List.of("running", "paused", "completed", "failed", "cancelled")) {
            Gauge.builder("tributary.jobs", () -> jobs(status))
                    .tag("status", status)
                    .register(meters);
        }
        Gauge.builder("tributary.obstacles", () -> views.obstacles().size()).register(meters);
        error = MultiGauge.builder("tributary.aggregation.error").register(meters);
        epsilon = MultiGauge.builder("tributary.privacy.epsilon").register(meters);
        metric = MultiGauge.builder("tributary.job.metric").register(meters);
    }

    private long agents(boolean live) {
        return views.agents().stream()
                .map(AgentView::live)
                .filter(l -> l == live)
                .count();
    }

    private long jobs(String status) {
        return views.jobs().stream().filter(job -> job.status().equals(status)).count();
    }

    /** Only jobs that are not over have figures of their own, so that their number stays small. */
    @Scheduled(fixedDelay = 5000)
    void refresh() {
        List<JobView> open = views.jobs().stream().filter(job -> !job.isFinal()).toList();
        error.register(rows(open, RoundView::aggregationError), true);
        epsilon.register(rows(open, RoundView::epsilon), true);
        List<MultiGauge.Row<?>> means = new ArrayList<>();
        for (JobView job : open) {
            newest(job, r -> r.metrics().mean().isEmpty() ? null : r.metrics().mean())
                    .forEach((name, value) ->
                            means.add(MultiGauge.Row.of(Tags.of("job_id", job.id(), "metric", name), value)));
        }
        metric.register(means, true);
    }

    private List<MultiGauge.Row<?>> rows(List<JobView> jobs, Function<RoundView, @Nullable Double> figure) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (JobView job : jobs) {
            views.rounds(job.id()).stream()
                    .map(figure)
                    .filter(java.util.Objects::nonNull)
                    .reduce((a, b) -> b)
                    .ifPresent(value -> rows.add(MultiGauge.Row.of(Tags.of("job_id", job.id()), value)));
        }
        return rows;
    }

    private java.util.Map<String, Double> newest(
            JobView job, Function<RoundView, java.util.@Nullable Map<String, Double>> figures) {
        return views.rounds(job.id()).stream()
                .map(figures)
                .filter(java.util.Objects::nonNull)
                .reduce((a, b) -> b)
                .orElse(java.util.Map.of());
    }
}
