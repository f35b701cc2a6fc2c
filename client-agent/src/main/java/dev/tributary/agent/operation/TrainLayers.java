package dev.tributary.agent.operation;

import dev.tributary.adapter.TensorName;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.Layers;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** {@link AgentOperations#TRAIN_LAYERS}: layers before a given one rest, and the backward pass ends there. */
final class TrainLayers implements AgentOperation {

    @Override
    public String name() {
        return AgentOperations.TRAIN_LAYERS;
    }

    @Override
    public List<String> check(SortedMap<String, String> parameters) {
        String from = parameters.getOrDefault(AgentOperations.FROM, "");
        return parameters.keySet().equals(Set.of(AgentOperations.FROM)) && from.matches("\\d{1,9}")
                ? List.of()
                : List.of(name() + ": needs from, the number of the first layer that trains, alone; got " + parameters);
    }

    @Override
    public boolean trains(Context context, String tensor) {
        return Layers.trains(
                TensorName.parse(tensor).module(),
                Integer.parseInt(context.parameters().getOrDefault(AgentOperations.FROM, "0")));
    }
}
