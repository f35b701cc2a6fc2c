package dev.tributary.agent.operation;

import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.AgentOperations;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** {@link AgentOperations#START_FROM_STEP}: what is sent begins with a step of full fine-tuning on the plan's dataset. */
final class StartFromStep extends StartFromBase {

    @Override
    public String name() {
        return AgentOperations.START_FROM_STEP;
    }

    @Override
    public List<String> check(SortedMap<String, String> parameters) {
        return parameters.keySet().equals(Set.of(AgentOperations.STEP)) && size(parameters) > 0
                ? List.of()
                : List.of(name() + ": needs step, a number > 0, alone; got " + parameters);
    }

    @Override
    Tensors computed(Context context, TensorSource start) {
        return context.starts().fromStep(start, size(context.parameters()));
    }

    private static double size(SortedMap<String, String> parameters) {
        try {
            double size = Double.parseDouble(parameters.getOrDefault(AgentOperations.STEP, ""));
            return Double.isFinite(size) ? size : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
