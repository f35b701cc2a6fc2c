package dev.tributary.aggregation.method;

import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSubset;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Sums;
import dev.tributary.aggregation.engine.Means;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.WeightedSums;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Names of a state's tensors by role, and parts made of their means. */
final class Parts {

    private Parts() {}

    static List<String> names(GlobalState state, Predicate<TensorRole> roles) {
        return state.tensors().layout().names().stream()
                .filter(name -> roles.test(TensorName.parse(name).role()))
                .toList();
    }

    static boolean isHead(TensorRole role) {
        return role == TensorRole.WEIGHT || role == TensorRole.BIAS;
    }

    /** Writes the means of all tensors of the given roles as a part; nothing if there are none. */
    static void writeMeans(GlobalState state, Sums sums, NextState next, String part, Predicate<TensorRole> roles) {
        List<String> names = names(state, roles);
        if (names.isEmpty()) {
            return;
        }
        try (SafetensorsWriter writer = next.part(part, Means.layout(state.tensors(), names))) {
            Means.write(sums, state.tensors(), names, writer);
        }
    }

    /** What a rule makes of one module. */
    @FunctionalInterface
    interface ModuleRule {
        /** Writes some of the module's tensors, and names them. */
        List<String> write(String module, SafetensorsWriter adapter);
    }

    /** Writes the whole adapter: of every module what the rule does, and the means of everything that it leaves. */
    static void writeModules(GlobalState state, Sums sums, NextState next, ModuleRule rule) {
        List<String> left = new ArrayList<>(names(state, role -> true));
        try (SafetensorsWriter adapter = next.part(InitialState.ADAPTER, Means.layout(state.tensors(), left))) {
            for (String module : Modules.with(state.tensors().layout(), TensorRole.LORA_B)) {
                left.removeAll(rule.write(module, adapter));
            }
            Means.write(sums, state.tensors(), left, adapter);
        }
    }

    /** Sums over the heads alone, weighted by examples; for rules that treat factors in another way. */
    static WeightedSums heads(GlobalState state, List<ReceivedUpdate> updates) {
        List<ReceivedUpdate> views = updates.stream()
                .map(u -> new ReceivedUpdate(
                        u.agent(),
                        u.config(),
                        u.examples(),
                        u.weight(),
                        new TensorSubset(
                                u.tensors(),
                                name -> isHead(TensorName.parse(name).role()))))
                .toList();
        return new WeightedSums(state.config(), views);
    }
}
