package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One console line for each event that an operator wants to see; job, round and agent stand in the logging context besides,
 * for lines in JSON.
 */
final class Narration {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tributary.job");

    private Narration() {}

    static void tell(JobState before, JobState after, List<JobEvent> events) {
        try (MDC.MDCCloseable job = MDC.putCloseable("job", after.id().value());
                MDC.MDCCloseable round = MDC.putCloseable(
                        "round", after.lastRound().map(r -> "" + r.number()).orElse(null))) {
            for (JobEvent event : events) {
                try (MDC.MDCCloseable agent = MDC.putCloseable("agent", agentOf(event))) {
                    tell(after, event);
                }
            }
            if (before.status() != after.status()) {
                LOG.info(
                        "job {}: {} {}",
                        after.id(),
                        after.status().name().toLowerCase(java.util.Locale.ROOT),
                        after.reason());
            }
        }
    }

    private static @Nullable String agentOf(JobEvent event) {
        if (event instanceof JobEvent.UpdateRejected e) {
            return e.agent().value();
        } else if (event instanceof JobEvent.AgentRefused e) {
            return e.agent().value();
        }
        return event instanceof JobEvent.AgentLost e ? e.agent().value() : null;
    }

    private static void tell(JobState job, JobEvent event) {
        if (event instanceof JobEvent.RoundOpened e) {
            LOG.info(
                    "job {}: round {} opened for {} agents{}",
                    job.id(),
                    e.round(),
                    e.members().size(),
                    e.attempt() > 1 ? " (attempt " + e.attempt() + ")" : "");
        } else if (event instanceof JobEvent.UpdateRejected e) {
            LOG.warn("job {}: update of {} rejected: {}: {}", job.id(), e.agent(), e.reason(), e.message());
        } else if (event instanceof JobEvent.AgentRefused e) {
            LOG.warn("job {}: {} refused its plan: {}: {}", job.id(), e.agent(), e.reason(), e.message());
        } else if (event instanceof JobEvent.AgentLost e) {
            LOG.warn("job {}: {} lost: {}", job.id(), e.agent(), e.reason());
        } else if (event instanceof JobEvent.RoundClosed e) {
            LOG.info(
                    "job {}: round {} closed with {} updates{} ({})",
                    job.id(),
                    e.round(),
                    e.accepted().size(),
                    e.late().isEmpty() ? "" : " and " + e.late().size() + " of earlier rounds",
                    e.cause());
        } else if (event instanceof JobEvent.UpdateDeferred e) {
            LOG.info(
                    "job {}: update of {} for round {} came late and counts later",
                    job.id(),
                    e.update().agent(),
                    e.update().round());
        } else if (event instanceof JobEvent.RoundAbandoned e) {
            LOG.warn("job {}: round {} abandoned: {}", job.id(), e.round(), e.reason());
        } else if (event instanceof JobEvent.StatePublished e && e.version() > 0) {
            LOG.info(
                    "job {}: round {} published, aggregation error {}",
                    job.id(),
                    e.version(),
                    e.diagnostics().aggregationError());
        } else if (event instanceof JobEvent.EvaluationClosed e) {
            LOG.info("job {}: round {} measured: {}", job.id(), e.round(), means(job, e.round()));
        }
    }

    private static String means(JobState job, int round) {
        var measured = job.rounds().get(round);
        return measured == null || measured.evaluation() == null
                ? "nothing"
                : measured.evaluation().mean().toString();
    }
}
