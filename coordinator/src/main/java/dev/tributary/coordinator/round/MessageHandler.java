package dev.tributary.coordinator.round;

import dev.tributary.coordinator.federation.Admission;
import dev.tributary.coordinator.job.JobCommand;
import dev.tributary.coordinator.log.OutboxEntry;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Update;
import dev.tributary.protocol.Message;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What each kind of message from an agent leads to. */
final class MessageHandler {

    private static final Logger LOG = LoggerFactory.getLogger(MessageHandler.class);

    private final JobRegistry jobs;
    private final Leases leases;
    private final Signals signals;
    private final LogWriter log;
    private final Admission admission;
    private final Map<AgentId, Long> wireBytes = new HashMap<>();

    MessageHandler(JobRegistry jobs, Leases leases, Signals signals, LogWriter log, Admission admission) {
        this.jobs = jobs;
        this.leases = leases;
        this.signals = signals;
        this.log = log;
        this.admission = admission;
    }

    void handle(Incoming in, Instant now) {
        log.handled(in.from(), in.mark());
        wireBytes.merge(in.from(), in.wireBytes(), Long::sum);
        Message message = in.message();
        if (message == null) {
            return;
        }
        if (message instanceof Message.Register m) {
            if (jobs.register(in.from(), m.profile(), m.publicKey(), now)) {
                leases.heard(in.from(), now);
            }
            return;
        }
        leases.heard(in.from(), now);
        if (message instanceof Message.Heartbeat m) {
            leases.heard(in.from(), m.progress(), now);
            signals.emit(in.from(), m.progress());
        } else if (message instanceof Message.UpdateReady m) {
            update(in, m.update(), now);
        } else if (message instanceof Message.EvaluationReady m) {
            find(m.evaluation().job(), in.from())
                    .ifPresent(job -> job.handle(new JobCommand.ReceiveEvaluation(in.from(), m.evaluation()), now));
        } else if (message instanceof Message.PlanRefused m) {
            find(m.refusal().job(), in.from())
                    .ifPresent(job -> job.handle(new JobCommand.ReceiveRefusal(in.from(), m.refusal()), now));
        } else if (message instanceof Message.CertificateRequest m) {
            admission
                    .renew(in.from(), m)
                    .ifPresent(answer -> log.append(List.of(), List.of(new OutboxEntry(in.from(), answer))));
        } else {
            LOG.warn(
                    "{} sent a {}, which agents do not send",
                    in.from(),
                    message.getClass().getSimpleName());
        }
    }

    private void update(Incoming in, Update update, Instant now) {
        Optional<JobRuntime> job = find(update.job(), in.from());
        if (job.isPresent()) {
            // Heartbeats come in between the chunks of an update: what it took is all since the answer before.
            Long bytes = wireBytes.remove(in.from());
            job.get().receive(in.from(), update, in.finding(), bytes == null ? in.wireBytes() : bytes, now);
            return;
        }
        Message verdict = new Message.Verdict(
                update.planId(), update.job(), update.round(), false, "unknown-job: there is no such job here", 0);
        log.append(List.of(), List.of(new OutboxEntry(in.from(), verdict)));
    }

    private Optional<JobRuntime> find(JobId id, AgentId from) {
        Optional<JobRuntime> job = jobs.find(id);
        if (job.isEmpty()) {
            LOG.warn("{} answers for job {}, which is not known here", from, id);
        }
        return job;
    }
}
