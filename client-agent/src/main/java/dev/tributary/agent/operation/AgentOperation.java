package dev.tributary.agent.operation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Plan;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A step that a plan can ask for around training: {@code align-to-reference}, {@code select-ranks}, ... A federated
 * method that needs a new step adds it to the catalogue; agents know tensors and operations, never methods.
 *
 * <p>An operation is a pure function of its arguments (equal plan, seed and tensors give equal results) and safe for use
 * by several threads. It throws {@link IllegalArgumentException}, in words for people, if the tensors do not fit the plan;
 * the plan is then refused.
 */
public interface AgentOperation {

    /** The name that plans use: lower-case words joined by hyphens. */
    String name();

    /** What is wrong with the parameters, for people; empty if nothing is. Asked before anything is fetched. */
    default List<String> check(SortedMap<String, String> parameters) {
        return parameters.isEmpty() ? List.of() : List.of(name() + " takes no parameters, got " + parameters.keySet());
    }

    /**
     * What the frozen base grows by for the length of this training ({@code fold_P} and {@code fold_Q} per module), given
     * what came out of the plan's sources.
     */
    default Optional<TensorSource> fold(Context context, TensorSource start) {
        return Optional.empty();
    }

    /** The tensors that training starts from, given what came out of the plan's sources. */
    default TensorSource before(Context context, TensorSource start) {
        return start;
    }

    /** Whether a tensor that the plan's terms train does train, and is sent. */
    default boolean trains(Context context, String tensor) {
        return true;
    }

    /** What training moves tensors by in all, beside what the data says. */
    default Optional<TensorSource> shift(Context context, TensorSource start) {
        return Optional.empty();
    }

    /** What the agent keeps beside the tensors that the plan says it keeps. */
    default Optional<Tensors> keeps(Context context, TensorSource start, TensorSource trained) {
        return Optional.empty();
    }

    /** The tensors that are sent and kept, given what came out of training. {@code start} is what training began with. */
    default TensorSource after(Context context, TensorSource start, TensorSource trained) {
        return trained;
    }

    /** Values that an adapter begins with, where they are computed. */
    interface Starts {
        /** From the base's weights. */
        Tensors fromBase(AdapterConfig adapter);

        /** From the first step of full fine-tuning on the plan's dataset; {@code start} gives the head. */
        Tensors fromStep(TensorSource start, double size);
    }

    /**
     * @param beside what the plan's state holds beside the tensors of the model
     * @param kept the agent's own current tensors, if it has any
     * @param starts what an adapter begins with
     */
    record Context(
            Plan.Train plan,
            ModelDescriptor model,
            TensorSource beside,
            Optional<TensorSource> kept,
            Starts starts,
            SortedMap<String, String> parameters) {}
}
