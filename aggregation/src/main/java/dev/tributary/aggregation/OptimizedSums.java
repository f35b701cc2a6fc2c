package dev.tributary.aggregation;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.aggregation.engine.Means;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums whose means are not those of the updates, but the values that a server optimiser steps to. A method that only
 * averages does not notice. The moments are a part of the state that stays with the coordinator.
 */
final class OptimizedSums implements Sums {

    private static final String PART = "server-optimizer";
    private static final String MOMENT = ".moment";
    private static final String SECOND = ".second";

    private final ServerOptimizer optimizer;
    private final Sums sums;
    private final GlobalState state;

    OptimizedSums(ServerOptimizer optimizer, Sums sums, GlobalState state) {
        this.optimizer = optimizer;
        this.sums = sums;
        this.state = state;
    }

    @Override
    public Layout layout() {
        return sums.layout();
    }

    @Override
    public double[] numerator(String tensor) {
        return step(tensor).values();
    }

    @Override
    public double[] denominators(String tensor) {
        return new double[] {1};
    }

    private record Step(double[] values, float[] moment, float[] second) {}

    private Step step(String tensor) {
        double[] values = Means.of(sums, state.tensors(), tensor);
        float[] before = state.tensors().read(tensor);
        boolean first = !remembers(tensor + MOMENT);
        float[] moment = first ? new float[values.length] : state.memory().read(tensor + MOMENT);
        float[] second = new float[optimizer.hasSecondMoment() ? values.length : 0];
        if (optimizer.hasSecondMoment()) {
            if (remembers(tensor + SECOND)) {
                second = state.memory().read(tensor + SECOND);
            } else {
                java.util.Arrays.fill(second, (float) (optimizer.tau() * optimizer.tau()));
            }
        }
        for (int i = 0; i < values.length; i++) {
            double gradient = values[i] - before[i];
            moment[i] = (float) (first ? gradient : optimizer.moment(moment[i], gradient));
            if (optimizer.hasSecondMoment()) {
                second[i] = (float) optimizer.second(second[i], gradient);
            }
            values[i] = before[i] + optimizer.step(moment[i], optimizer.hasSecondMoment() ? second[i] : 0);
        }
        return new Step(values, moment, second);
    }

    private boolean remembers(String name) {
        return state.memory().layout().names().contains(name);
    }

    /** Writes the moments after this round; those of tensors that nobody trained stay as they are. */
    void remember(NextState next) {
        List<TensorInfo> infos = new ArrayList<>();
        for (TensorInfo info : state.tensors().layout().tensors().values()) {
            if (sums.layout().names().contains(info.name()) || remembers(info.name() + MOMENT)) {
                infos.add(new TensorInfo(info.name() + MOMENT, DType.F32, info.shape()));
                if (optimizer.hasSecondMoment()) {
                    infos.add(new TensorInfo(info.name() + SECOND, DType.F32, info.shape()));
                }
            }
        }
        try (SafetensorsWriter writer = next.part(PART, Layout.of(infos))) {
            for (TensorInfo info : infos) {
                if (info.name().endsWith(MOMENT)) {
                    write(info.name().substring(0, info.name().length() - MOMENT.length()), writer);
                }
            }
        }
    }

    private void write(String tensor, SafetensorsWriter writer) {
        boolean trained = sums.layout().names().contains(tensor);
        Step step = trained ? step(tensor) : null;
        writer.write(tensor + MOMENT, step == null ? state.memory().read(tensor + MOMENT) : step.moment());
        if (optimizer.hasSecondMoment()) {
            writer.write(tensor + SECOND, step == null ? state.memory().read(tensor + SECOND) : step.second());
        }
    }
}
