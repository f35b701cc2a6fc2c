package dev.tributary.protocol.codec;

import static dev.tributary.protocol.codec.WireValues.part;

import dev.tributary.adapter.TensorRole;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.TensorTerms;
import dev.tributary.protocol.wire.Wire;
import java.util.List;

/** Plans. */
final class PlanWire {

    private PlanWire() {}

    static Wire.Plan write(Plan plan) {
        Wire.Plan.Builder wire = Wire.Plan.newBuilder().setHeader(header(plan.header()));
        if (plan instanceof Plan.Train train) {
            wire.setModel(model(train.model()));
            train.tensors().forEach(terms -> wire.addTensors(terms(terms)));
            Wire.Plan.Train.Builder kind = Wire.Plan.Train.newBuilder()
                    .setTraining(JobWire.write(train.training()))
                    .setUploadDtype(train.uploadDtype())
                    .setSeed(train.seed());
            train.operations().forEach(operation -> kind.addOperations(operation(operation)));
            wire.setTrain(kind);
        } else if (plan instanceof Plan.Evaluate evaluate) {
            wire.setModel(model(evaluate.model()));
            evaluate.tensors().forEach(terms -> wire.addTensors(terms(terms)));
            wire.setEvaluate(Wire.Plan.Evaluate.newBuilder().setBatchSize(evaluate.batchSize()));
        }
        if (plan.protection().isOn()) {
            wire.setProtection(protection(plan.protection()));
        }
        return wire.build();
    }

    static Plan read(Wire.Plan wire) {
        Plan.Header header = header(part(wire.hasHeader(), wire.getHeader(), "plan.header"));
        Plan.ModelState model = model(part(wire.hasModel(), wire.getModel(), "plan.model"));
        List<TensorTerms> tensors =
                wire.getTensorsList().stream().map(PlanWire::terms).toList();
        return switch (wire.getKindCase()) {
            case TRAIN -> {
                Wire.Plan.Train train = wire.getTrain();
                yield new Plan.Train(
                        header,
                        model,
                        tensors,
                        train.getOperationsList().stream()
                                .map(PlanWire::operation)
                                .toList(),
                        JobWire.read(part(train.hasTraining(), train.getTraining(), "plan.train.training")),
                        train.getUploadDtype(),
                        train.getSeed(),
                        protection(wire));
            }
            case EVALUATE ->
                new Plan.Evaluate(header, model, tensors, wire.getEvaluate().getBatchSize(), protection(wire));
            case KIND_NOT_SET ->
                throw new IllegalArgumentException("a plan of a kind this version does not know; update this agent");
        };
    }

    private static Wire.Plan.Protection protection(Plan.Protection protection) {
        return Wire.Plan.Protection.newBuilder()
                .setUnit(protection.privacy().unit())
                .putAllTerms(protection.privacy().terms())
                .setRounds(protection.rounds())
                .build();
    }

    private static Plan.Protection protection(Wire.Plan plan) {
        if (!plan.hasProtection()) {
            return Plan.Protection.NONE;
        }
        Wire.Plan.Protection wire = plan.getProtection();
        return new Plan.Protection(
                new Job.Privacy(wire.getUnit(), WireValues.sorted(wire.getTermsMap(), value -> value)),
                wire.getRounds());
    }

    private static Wire.Plan.Header header(Plan.Header header) {
        return Wire.Plan.Header.newBuilder()
                .setPlanId(header.planId())
                .setJob(header.job().value())
                .setRound(header.round())
                .setAttempt(header.attempt())
                .setDeadline(WireValues.time(header.deadline()))
                .build();
    }

    private static Plan.Header header(Wire.Plan.Header wire) {
        if (wire.getPlanId().isEmpty()) {
            throw new IllegalArgumentException("field plan.header.plan_id is missing");
        }
        return new Plan.Header(
                wire.getPlanId(),
                WireValues.job(wire.getJob()),
                wire.getRound(),
                wire.getAttempt(),
                WireValues.time(part(wire.hasDeadline(), wire.getDeadline(), "plan.header.deadline")));
    }

    private static Wire.ModelState model(Plan.ModelState model) {
        return Wire.ModelState.newBuilder()
                .setName(model.name())
                .setWeightsSha256(model.weightsSha256())
                .setTokenizerSha256(model.tokenizerSha256())
                .setTask(JobWire.write(model.task()))
                .setAdapter(JobWire.write(model.adapter()))
                .setState(state(model.state()))
                .setBaseDtype(model.baseDtype())
                .build();
    }

    private static Plan.ModelState model(Wire.ModelState wire) {
        return new Plan.ModelState(
                wire.getName(),
                wire.getWeightsSha256(),
                wire.getTokenizerSha256(),
                JobWire.read(part(wire.hasTask(), wire.getTask(), "plan.model.task")),
                JobWire.read(part(wire.hasAdapter(), wire.getAdapter(), "plan.model.adapter")),
                state(part(wire.hasState(), wire.getState(), "plan.model.state")),
                JobWire.baseDtype(wire.getBaseDtype()));
    }

    static Wire.StateRef state(StateRef state) {
        Wire.StateRef.Builder wire =
                Wire.StateRef.newBuilder().setVersion(state.version()).putAllMethodState(state.methodState());
        state.parts().forEach((name, blob) -> wire.putParts(name, WireValues.blob(blob)));
        state.folds()
                .forEach(fold -> wire.addFolds(
                        Wire.Fold.newBuilder().setVersion(fold.version()).setBlob(WireValues.blob(fold.blob()))));
        return wire.build();
    }

    static StateRef state(Wire.StateRef wire) {
        return new StateRef(
                wire.getVersion(),
                WireValues.sorted(wire.getPartsMap(), WireValues::blob),
                wire.getFoldsList().stream().map(PlanWire::fold).toList(),
                WireValues.sorted(wire.getMethodStateMap(), value -> value));
    }

    private static FoldRef fold(Wire.Fold wire) {
        return new FoldRef(wire.getVersion(), WireValues.blob(part(wire.hasBlob(), wire.getBlob(), "fold.blob")));
    }

    private static Wire.TensorTerms terms(TensorTerms terms) {
        return Wire.TensorTerms.newBuilder()
                .setRole(terms.role().name())
                .setSource(Wire.TensorTerms.Source.valueOf(terms.source().name()))
                .setTrains(terms.trains())
                .setSend(Wire.TensorTerms.Send.valueOf(terms.send().name()))
                .setKeep(terms.keep())
                .build();
    }

    private static TensorTerms terms(Wire.TensorTerms wire) {
        return new TensorTerms(
                TensorRole.valueOf(wire.getRole()),
                TensorTerms.Source.valueOf(wire.getSource().name()),
                wire.getTrains(),
                TensorTerms.Send.valueOf(wire.getSend().name()),
                wire.getKeep());
    }

    private static Wire.Plan.Operation operation(Plan.Operation operation) {
        return Wire.Plan.Operation.newBuilder()
                .setName(operation.name())
                .putAllParameters(operation.parameters())
                .build();
    }

    private static Plan.Operation operation(Wire.Plan.Operation wire) {
        return new Plan.Operation(wire.getName(), WireValues.sorted(wire.getParametersMap(), value -> value));
    }
}
