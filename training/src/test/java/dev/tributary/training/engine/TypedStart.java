package dev.tributary.training.engine;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.training.optim.SeededRandom;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Random values for an adapter of any type, with a zero head, and the names of what the type trains. */
record TypedStart(Tensors values, Set<String> trained) {

    static final List<String> TYPES =
            List.of("lora", "rslora", "lora-fa", "pissa", "olora", "dora", "vera", "lora-xs", "lora-sb", "ravan");

    static TypedStart of(ModelDescriptor model, AdapterConfig adapter) {
        SeededRandom random = SeededRandom.of(7);
        Tensors.Builder values = Tensors.builder();
        Set<String> trained = new TreeSet<>(Set.of("classifier.weight", "classifier.bias"));
        for (String module : model.select(adapter.targetModules())) {
            ModelDescriptor.LinearShape linear =
                    Objects.requireNonNull(model.linearModules().get(module));
            for (TensorRole role : roles(adapter.type())) {
                String name = new TensorName(module, role).key();
                int[] shape = shape(role, adapter.rank(), linear);
                int count = shape.length == 1 ? shape[0] : shape[0] * shape[1];
                values.put(name, TinyModel.uniform(random, count, 0.3), shape);
                if (trained(adapter.type()).contains(role)) {
                    trained.add(name);
                }
            }
        }
        values.put("classifier.weight", new float[2 * model.hiddenSize()], 2, model.hiddenSize());
        values.put("classifier.bias", new float[2], 2);
        return new TypedStart(values.build(), trained);
    }

    private static List<TensorRole> roles(String type) {
        return switch (type) {
            case "dora" -> List.of(TensorRole.LORA_A, TensorRole.LORA_B, TensorRole.MAGNITUDE);
            case "vera" -> List.of(TensorRole.VERA_D, TensorRole.VERA_B);
            case "lora-xs", "lora-sb" -> List.of(TensorRole.LORA_A, TensorRole.LORA_R, TensorRole.LORA_B);
            case "ravan" -> List.of(TensorRole.LORA_A, TensorRole.LORA_H, TensorRole.LORA_B);
            default -> List.of(TensorRole.LORA_A, TensorRole.LORA_B);
        };
    }

    private static List<TensorRole> trained(String type) {
        return switch (type) {
            case "lora-xs", "lora-sb" -> List.of(TensorRole.LORA_R);
            case "ravan" -> List.of(TensorRole.LORA_H);
            case "lora-fa" -> List.of(TensorRole.LORA_B);
            default -> roles(type);
        };
    }

    private static int[] shape(TensorRole role, int rank, ModelDescriptor.LinearShape linear) {
        return switch (role) {
            case LORA_A -> new int[] {rank, linear.in()};
            case LORA_B -> new int[] {linear.out(), rank};
            case LORA_R -> new int[] {rank, rank};
            case LORA_H -> new int[] {rank, rank / 2};
            case VERA_D -> new int[] {rank};
            case VERA_B, MAGNITUDE -> new int[] {linear.out()};
            default -> throw new IllegalArgumentException("no shape for " + role);
        };
    }
}
