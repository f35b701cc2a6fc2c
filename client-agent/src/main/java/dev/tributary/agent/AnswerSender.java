package dev.tributary.agent;

import dev.tributary.agent.execute.Step;
import dev.tributary.agent.execute.WorkMonitor;
import dev.tributary.agent.journal.Answer;
import dev.tributary.agent.journal.Answer.Stage;
import dev.tributary.agent.journal.Journal;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Progress;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.Update;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.blob.BlobStoreException;
import dev.tributary.training.TrainingCancelledException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a sealed answer to the coordinator, its blob first, and keeps trying while the broker is away: the answer is
 * worth more than whatever the agent could do meanwhile, and a cancellation ends the wait.
 */
final class AnswerSender {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerSender.class);
    private static final long LONGEST_PAUSE_MILLIS = 15_000;

    private final AgentTransport transport;
    private final Outbox outbox;
    private final Journal journal;
    private final BlobStore sealed;
    private final Step.Hook steps;

    AnswerSender(AgentTransport transport, Outbox outbox, Journal journal, BlobStore sealed, Step.Hook steps) {
        this.transport = transport;
        this.outbox = outbox;
        this.journal = journal;
        this.sealed = sealed;
        this.steps = steps;
    }

    /** Puts an answer in the journal, waiting for a disk that fails. @throws TrainingCancelledException to end the wait */
    void seal(Answer answer, WorkMonitor monitor) {
        while (true) {
            try {
                journal.record(answer);
                return;
            } catch (UncheckedIOException e) {
                LOG.warn("the disk fails, the answer to plan {} waits: {}", answer.planId(), e.getMessage());
                pause(1000, monitor);
            }
        }
    }

    /**
     * Returns when the answer is sent, or the coordinator's verdict on an earlier sending shows that it need not be.
     *
     * @throws TrainingCancelledException if the monitor ends the attempt; the answer stays sealed
     */
    void send(Answer answer, WorkMonitor monitor) {
        Answer present = answer;
        long pause = 250;
        while (!isSettled(answer)) {
            try {
                if (present.update() != null && !sealed.has(present.update().tensors())) {
                    if (isSettled(answer)) {
                        return; // the verdict came in this moment, and the blob was let go of
                    }
                    present = lost(present.update());
                    seal(present, monitor);
                }
                attempt(present, monitor);
                return;
            } catch (TransportException | BlobStoreException | UncheckedIOException e) {
                if (!isSettled(answer)) {
                    LOG.warn("sending the answer to plan {} failed, trying again: {}", answer.planId(), e.getMessage());
                    pause(pause, monitor);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
                }
            }
        }
    }

    private boolean isSettled(Answer answer) {
        return journal.find(answer.planId())
                .map(known -> known.stage().isSettled())
                .orElse(false);
    }

    private void attempt(Answer answer, WorkMonitor monitor) {
        if (answer.update() != null) {
            BlobRef blob = answer.update().tensors();
            monitor.at(Progress.Phase.UPLOADING, 0, blob.size());
            transport.upload(
                    blob, sealed.path(blob), (bytes, total) -> monitor.at(Progress.Phase.UPLOADING, bytes, total));
            steps.at(Step.UPLOADED);
        }
        answer.message().ifPresent(outbox::send);
        steps.at(Step.SENT);
        journal.advance(answer.planId(), Stage.SENT);
        steps.at(Step.MARKED_SENT);
    }

    private static Answer lost(Update update) {
        LOG.error("the blob of the answer to plan {} is gone from the outgoing store", update.planId());
        return Answer.of(new Refusal(
                update.planId(),
                update.job(),
                update.round(),
                update.attempt(),
                update.agent(),
                "answer-lost",
                "the sealed update is gone from this agent's disk, and the plan is not carried out twice"));
    }

    private static void pause(long millis, WorkMonitor monitor) {
        try {
            for (long waited = 0; waited < millis; waited += 250) {
                monitor.at(Progress.Phase.UPLOADING, 0, 0);
                TimeUnit.MILLISECONDS.sleep(250);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrainingCancelledException("the agent was told to stop");
        }
    }
}
