package dev.tributary.agent.operation;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.TensorTerms;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@link AgentOperations#CONTROL_VARIATE}: training is corrected by how far this agent drifts from the others. */
final class ControlVariate implements AgentOperation {

    @Override
    public String name() {
        return AgentOperations.CONTROL_VARIATE;
    }

    @Override
    public Optional<TensorSource> shift(Context context, TensorSource start) {
        Tensors.Builder shift = Tensors.builder();
        for (TensorInfo info : corrected(context, start)) {
            float[] own = own(context, info);
            float[] all = all(context, info);
            for (int i = 0; i < own.length; i++) {
                own[i] -= all[i];
            }
            shift.put(info, own);
        }
        return Optional.of(shift.build());
    }

    /** Cᵢ of what was trained, and of what rests in this round. */
    @Override
    public Optional<Tensors> keeps(Context context, TensorSource start, TensorSource trained) {
        Tensors.Builder kept = Tensors.builder();
        List<TensorInfo> corrected = corrected(context, start);
        Set<String> fresh = corrected.stream().map(info -> control(info.name())).collect(Collectors.toSet());
        context.kept()
                .ifPresent(before -> before.layout().tensors().values().stream()
                        .filter(info -> info.name().endsWith(AgentOperations.CONTROL_SUFFIX))
                        .filter(info -> !fresh.contains(info.name()))
                        .forEach(info -> kept.put(info, before.read(info.name()))));
        for (TensorInfo info : corrected) {
            float[] own = own(context, info);
            float[] all = all(context, info);
            float[] from = start.read(info.name());
            float[] to = trained.read(info.name());
            for (int i = 0; i < own.length; i++) {
                own[i] += from[i] - to[i] - all[i];
            }
            kept.put(renamed(info), own);
        }
        return Optional.of(kept.build());
    }

    /** What the plan both trains and has sent: only that has a mean to drift from. */
    private static List<TensorInfo> corrected(Context context, TensorSource start) {
        Set<TensorRole> roles = context.plan().tensors().stream()
                .filter(term -> term.trains() && term.send() != TensorTerms.Send.NOTHING)
                .map(TensorTerms::role)
                .collect(Collectors.toSet());
        return start.layout().tensors().values().stream()
                .filter(info -> roles.contains(TensorName.parse(info.name()).role()))
                .toList();
    }

    private static float[] own(Context context, TensorInfo info) {
        return context.kept().map(kept -> read(kept, info, "kept")).orElseGet(() -> zeros(info));
    }

    private static float[] all(Context context, TensorInfo info) {
        return read(context.beside(), info, "received");
    }

    private static float[] read(TensorSource source, TensorInfo info, String what) {
        TensorInfo found = source.layout().tensors().get(control(info.name()));
        if (found == null) {
            return zeros(info);
        }
        if (!found.shape().equals(info.shape())) {
            throw new IllegalArgumentException("the " + what + " " + found.name() + " has shape " + found.shape() + ", "
                    + info.name() + " has " + info.shape());
        }
        return source.read(found.name());
    }

    private static float[] zeros(TensorInfo info) {
        return new float[Math.toIntExact(info.elements())];
    }

    private static TensorInfo renamed(TensorInfo info) {
        return new TensorInfo(control(info.name()), info.dtype(), info.shape());
    }

    private static String control(String tensor) {
        return tensor + AgentOperations.CONTROL_SUFFIX;
    }
}
