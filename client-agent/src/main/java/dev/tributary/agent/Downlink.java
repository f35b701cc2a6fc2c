package dev.tributary.agent;

import dev.tributary.agent.enrol.CertificateRenewal;
import dev.tributary.agent.journal.AgentState;
import dev.tributary.agent.journal.Answer;
import dev.tributary.agent.journal.Answer.Stage;
import dev.tributary.agent.journal.Journal;
import dev.tributary.agent.journal.KeptTensors;
import dev.tributary.agent.journal.WitnessedLog;
import dev.tributary.plan.Plan;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.AgentTransport.Received;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.chain.ChainHead;
import dev.tributary.protocol.chain.InboundChain;
import dev.tributary.protocol.chain.InboundChain.Link;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what each message from the coordinator leads to. Verified first, refused if its epoch is a deposed leader's;
 * a plan that was answered is answered again with the same bytes, never carried out twice. Used by one thread.
 */
final class Downlink {

    private static final Logger LOG = LoggerFactory.getLogger(Downlink.class);

    private final MessageCodec codec;
    private final AgentState state;
    private final Journal journal;
    private final KeptTensors kept;
    private final TaskQueue queue;
    private final Positions positions;
    private final AgentTransport transport;
    private final Optional<CertificateRenewal> renewal;
    private final WitnessedLog witnessed;
    private final InboundChain chain;
    private final TreeMap<Long, ChainHead> heads = new TreeMap<>();
    private long linked = -1;
    private Link link = Link.NEXT;

    Downlink(
            MessageCodec codec,
            AgentState state,
            Journal journal,
            KeptTensors kept,
            TaskQueue queue,
            Positions positions,
            AgentTransport transport,
            Optional<CertificateRenewal> renewal,
            WitnessedLog witnessed) {
        this.codec = codec;
        this.state = state;
        this.journal = journal;
        this.kept = kept;
        this.queue = queue;
        this.positions = positions;
        this.transport = transport;
        this.renewal = renewal;
        this.witnessed = witnessed;
        this.chain = new InboundChain("the coordinator", state.received());
    }

    /** Handles a message that arrived at a position not handled before; may be called again if the disk failed. */
    void handle(Received received) {
        long position = received.position();
        boolean settled = true;
        try {
            Envelope envelope = codec.open(Envelope.COORDINATOR, received.signed());
            Message message = envelope.message();
            if (link(envelope, received) == Link.REPEATED) {
                LOG.debug("message {} at {} was dealt with before", envelope.sequence(), position);
            } else if (message instanceof Message.Command command) {
                settled = !admits(command.epoch(), position, "a command") || !accept(command, position);
            } else if (message instanceof Message.Cancel cancel) {
                if (admits(cancel.epoch(), position, "a cancellation")) {
                    cancel(cancel);
                }
            } else if (message instanceof Message.Verdict verdict) {
                if (admits(verdict.epoch(), position, "a verdict")) {
                    settle(verdict);
                }
            } else if (message instanceof Message.CertificateIssued issued && renewal.isPresent()) {
                renewal.get().accept(issued);
            } else {
                LOG.warn(
                        "ignoring a {} at {}: not for agents",
                        message.getClass().getSimpleName(),
                        position);
            }
        } catch (RejectedMessageException e) {
            LOG.warn("ignoring a message at {}: {}: {}", position, e.reason(), e.getMessage());
        } catch (IllegalArgumentException e) {
            LOG.warn("ignoring a message at {}: {}", position, e.getMessage());
        }
        if (settled) {
            positions.settled(position);
        }
    }

    /** The same for a message that is handled again because the disk failed. */
    private Link link(Envelope envelope, Received received) {
        if (linked != received.position()) {
            link = chain.accept(envelope, received.signed());
            linked = received.position();
            heads.put(linked, chain.head());
            if (link == Link.AFTER_GAP) {
                LOG.warn("{} of the coordinator never came: lost by the broker, or held back", chain.missing());
            }
        }
        return link;
    }

    /** Remembers that messages up to a position are dealt with; to be called before that is acknowledged. */
    void acknowledging(long position) {
        Map.Entry<Long, ChainHead> newest = heads.floorEntry(position);
        if (newest != null) {
            state.received(newest.getValue());
            heads.headMap(position, true).clear();
        }
    }

    private boolean admits(long epoch, long position, String what) {
        boolean admitted = state.admits(epoch, position);
        if (!admitted) {
            LOG.warn(
                    "ignoring {} of epoch {}: the coordinator that leads now has epoch {}", what, epoch, state.epoch());
        }
        return admitted;
    }

    /** Returns whether there is work to do before the command may be acknowledged. */
    private boolean accept(Message.Command command, long position) {
        Plan.Header plan = command.plan().header();
        Optional<Answer> answered = journal.find(plan.planId());
        if (answered.isEmpty()) {
            if (journal.isForgotten(plan.job(), plan.round())) {
                LOG.info("ignoring plan {} of round {}: answered long ago", plan.planId(), plan.round());
                return false;
            }
            return queue.add(new Task.Execute(command, OptionalLong.of(position)));
        }
        if (answered.get().stage().isSettled()) {
            return false;
        }
        return queue.add(new Task.Resend(answered.get(), OptionalLong.of(position)));
    }

    private void cancel(Message.Cancel cancel) {
        LOG.info(
                "coordinator cancels {} {}: {}",
                cancel.planId().isEmpty() ? "job" : "plan",
                cancel.planId().isEmpty() ? cancel.job() : cancel.planId(),
                cancel.reason());
        for (Task task : queue.cancel(cancel.job(), cancel.planId())) {
            if (task instanceof Task.Execute execute) {
                journal.record(Answer.cancelled(execute.header()));
            } else if (task instanceof Task.Resend resend) {
                journal.advance(resend.planId(), Stage.CANCELLED);
            }
            kept.discard(task.job(), task.planId());
            task.position().ifPresent(positions::settled);
        }
    }

    private void settle(Message.Verdict verdict) {
        if (verdict.log() != null) {
            witnessed.take(verdict.log());
        }
        Optional<Answer> answer = journal.find(verdict.planId());
        if (answer.isEmpty() || answer.get().stage().isSettled()) {
            return;
        }
        if (verdict.accepted()) {
            kept.accept(answer.get().job(), verdict.planId(), answer.get().round());
        } else {
            LOG.warn("the coordinator did not accept the answer to plan {}: {}", verdict.planId(), verdict.reason());
            kept.discard(answer.get().job(), verdict.planId());
        }
        journal.advance(verdict.planId(), verdict.accepted() ? Stage.ACCEPTED : Stage.REJECTED);
        if (answer.get().update() != null) {
            transport.forgetUpload(answer.get().update().tensors());
        }
    }
}
