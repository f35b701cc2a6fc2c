package dev.tributary.protocol.codec;

import static dev.tributary.protocol.codec.WireValues.agent;
import static dev.tributary.protocol.codec.WireValues.job;
import static dev.tributary.protocol.codec.WireValues.part;

import dev.tributary.plan.Evaluation;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.Progress;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.Update;
import dev.tributary.protocol.wire.Wire;

/** What agents answer: updates, evaluations, refusals, progress. */
final class AnswerWire {

    private AnswerWire() {}

    static Wire.Update write(Update update) {
        return Wire.Update.newBuilder()
                .setPlanId(update.planId())
                .setJob(update.job().value())
                .setRound(update.round())
                .setAttempt(update.attempt())
                .setAgent(update.agent().value())
                .setTensors(WireValues.blob(update.tensors()))
                .setLayoutHash(update.layoutHash())
                .setBaseVersion(update.baseVersion())
                .setStateVersion(update.stateVersion())
                .setExamples(update.examples())
                .setTraining(write(update.training()))
                .setBytesReceived(update.bytesReceived())
                .build();
    }

    static Update read(Wire.Update wire) {
        return new Update(
                wire.getPlanId(),
                job(wire.getJob()),
                wire.getRound(),
                wire.getAttempt(),
                agent(wire.getAgent()),
                WireValues.blob(part(wire.hasTensors(), wire.getTensors(), "update.tensors")),
                wire.getLayoutHash(),
                wire.getBaseVersion(),
                wire.getStateVersion(),
                WireValues.notNegative("update.examples", wire.getExamples()),
                read(part(wire.hasTraining(), wire.getTraining(), "update.training")),
                wire.getBytesReceived());
    }

    static Wire.Evaluation write(Evaluation evaluation) {
        return Wire.Evaluation.newBuilder()
                .setPlanId(evaluation.planId())
                .setJob(evaluation.job().value())
                .setRound(evaluation.round())
                .setAttempt(evaluation.attempt())
                .setAgent(evaluation.agent().value())
                .setMetrics(write(evaluation.metrics()))
                .setBytesReceived(evaluation.bytesReceived())
                .build();
    }

    static Evaluation read(Wire.Evaluation wire) {
        return new Evaluation(
                wire.getPlanId(),
                job(wire.getJob()),
                wire.getRound(),
                wire.getAttempt(),
                agent(wire.getAgent()),
                read(part(wire.hasMetrics(), wire.getMetrics(), "evaluation.metrics")),
                wire.getBytesReceived());
    }

    static Wire.Refusal write(Refusal refusal) {
        return Wire.Refusal.newBuilder()
                .setPlanId(refusal.planId())
                .setJob(refusal.job().value())
                .setRound(refusal.round())
                .setAttempt(refusal.attempt())
                .setAgent(refusal.agent().value())
                .setReason(refusal.reason())
                .setMessage(refusal.message())
                .build();
    }

    static Refusal read(Wire.Refusal wire) {
        return new Refusal(
                wire.getPlanId(),
                job(wire.getJob()),
                wire.getRound(),
                wire.getAttempt(),
                agent(wire.getAgent()),
                wire.getReason(),
                wire.getMessage());
    }

    static Wire.Progress write(Progress progress) {
        return Wire.Progress.newBuilder()
                .setPlanId(progress.planId())
                .setJob(progress.job().value())
                .setRound(progress.round())
                .setAgent(progress.agent().value())
                .setPhase(Wire.Progress.Phase.valueOf(progress.phase().name()))
                .setDone(progress.done())
                .setTotal(progress.total())
                .build();
    }

    static Progress read(Wire.Progress wire) {
        return new Progress(
                wire.getPlanId(),
                job(wire.getJob()),
                wire.getRound(),
                agent(wire.getAgent()),
                Progress.Phase.valueOf(wire.getPhase().name()),
                wire.getDone(),
                wire.getTotal());
    }

    private static Wire.Metrics write(Metrics metrics) {
        return Wire.Metrics.newBuilder()
                .setExamples(metrics.examples())
                .putAllValues(metrics.values())
                .build();
    }

    private static Metrics read(Wire.Metrics wire) {
        return new Metrics(
                WireValues.notNegative("metrics.examples", wire.getExamples()),
                WireValues.sorted(wire.getValuesMap(), value -> value));
    }
}
