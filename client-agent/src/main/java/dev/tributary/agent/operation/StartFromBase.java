package dev.tributary.agent.operation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.TensorTerms;
import java.util.Set;
import java.util.stream.Collectors;

/** {@link AgentOperations#START_FROM_BASE}: what is sent are values computed from the base model, not trained ones. */
class StartFromBase implements AgentOperation {

    @Override
    public String name() {
        return AgentOperations.START_FROM_BASE;
    }

    /** The computed values; others of the adapter may be among them. */
    Tensors computed(Context context, TensorSource start) {
        return context.starts().fromBase(context.plan().model().adapter());
    }

    @Override
    public TensorSource before(Context context, TensorSource start) {
        if (context.plan().tensors().stream().anyMatch(TensorTerms::trains)) {
            throw new IllegalArgumentException("a plan that asks for starting values cannot train as well");
        }
        Set<TensorRole> wanted = context.plan().tensors().stream()
                .filter(term -> term.send() != TensorTerms.Send.NOTHING)
                .map(TensorTerms::role)
                .collect(Collectors.toSet());
        AdapterConfig adapter = context.plan().model().adapter();
        Tensors computed = computed(context, start);
        Tensors.Builder values = Tensors.builder();
        for (TensorInfo info : start.layout().tensors().values()) {
            boolean replaced = wanted.contains(TensorName.parse(info.name()).role());
            TensorInfo made = computed.layout().tensors().get(info.name());
            if (replaced && (made == null || !made.shape().equals(info.shape()))) {
                throw new IllegalArgumentException("adapter type " + adapter.type() + " takes no " + info.name()
                        + " of shape " + info.shape() + " by " + name());
            }
            values.put(info, replaced ? computed.read(info.name()) : start.read(info.name()));
        }
        return values.build();
    }
}
