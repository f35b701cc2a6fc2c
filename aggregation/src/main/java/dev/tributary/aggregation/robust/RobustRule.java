package dev.tributary.aggregation.robust;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.UpdateMethod;
import dev.tributary.aggregation.engine.UpdatePieces;
import dev.tributary.aggregation.method.FedAvg;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.List;
import java.util.SortedMap;

/** A robust replacement of the mean of factors: agents do what FedAvg asks of them, the server combines in another way. */
abstract class RobustRule implements UpdateMethod {

    private static final FedAvg AGENTS = new FedAvg();

    static MethodCard.Builder card(String name, String title) {
        return MethodCard.named(name, title)
                .provenance("from the literature on robust means")
                .bytes("b·Σ r(in+out)", "b·Σ r(in+out)")
                .notes("Plain mode only: it looks at each update.");
    }

    @Override
    public final void initial(Job job, ModelDescriptor model, NextState next) {
        AGENTS.initial(job, model, next);
    }

    @Override
    public final SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        return AGENTS.plans(state, job, cohort);
    }

    /** Combines one coordinate's values; {@code values} may be reordered. */
    @FunctionalInterface
    interface Combine {
        double apply(double[] values, double before);
    }

    /** Writes the next state coordinate by coordinate; memory is one piece of one tensor per agent. */
    static void write(GlobalState state, List<ReceivedUpdate> updates, NextState next, Combine combine) {
        Layout layout = Layout.of(state.tensors().layout().tensors().values().stream()
                .map(info -> new TensorInfo(info.name(), DType.F32, info.shape()))
                .toList());
        try (SafetensorsWriter writer = next.part("adapter", layout)) {
            double[] column = new double[updates.size()];
            UpdatePieces.visit(updates, state.tensors(), (tensor, from, count, values, before) -> {
                float[] result = new float[count];
                for (int e = 0; e < count; e++) {
                    for (int i = 0; i < column.length; i++) {
                        column[i] = values[i][e];
                    }
                    result[e] = (float) combine.apply(column, before[e]);
                }
                writer.write(tensor, from, result, 0, count);
            });
            for (String tensor : layout.names()) {
                if (!updates.get(0).tensors().layout().names().contains(tensor)) {
                    writer.write(tensor, state.tensors().read(tensor)); // nobody trains it
                }
            }
        }
    }

    /** θ + Σ cᵢ·(θᵢ − θ). */
    static Combine combination(double[] coefficients) {
        return (values, before) -> {
            double sum = before;
            for (int i = 0; i < values.length; i++) {
                sum += coefficients[i] * (values[i] - before);
            }
            return sum;
        };
    }
}
