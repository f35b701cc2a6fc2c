package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterKind;
import dev.tributary.adapter.TensorRole;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a method's equations ask of an adapter type; the types it works with follow from it. */
public enum AdapterNeeds {
    /** Averages every trained tensor by itself. */
    TENSORS,
    /** Trains the side of the outputs alone, the other is fixed. */
    OUTPUT_SIDE,
    /** Trains both sides, one shared and one kept by the agent. */
    TWO_SIDES,
    /** Trains the factors A and B, each averaged by itself. */
    FACTORS,
    /** Trains B alone, and turns the product s·B·A into other factors. */
    REFACTORED,
    /** Trains A and B, and computes with the product s·B·A as the change of the weight. */
    PRODUCTS,
    /** As {@link #PRODUCTS}, and drops components or draws them anew, so they may hold nothing of the base. */
    FRESH_PRODUCTS,
    /** Trains a core between frozen factors; plain LoRA stands for it. */
    CORE,
    /** Trains several heads between frozen factors; plain LoRA stands for them. */
    HEADS;

    /** Why a type does not fit, in words; empty if it does. */
    public Optional<String> against(AdapterKind kind) {
        if (this == CORE || this == HEADS) {
            return kind == AdapterKind.LORA || kind.trains(this == CORE ? TensorRole.LORA_R : TensorRole.LORA_H)
                    ? Optional.empty()
                    : Optional.of("has no " + (this == CORE ? "core" : "heads")
                            + " between frozen factors, which is all that the method trains");
        }
        if (kind.hasCore()) {
            return Optional.of("trains nothing but the core between its factors");
        }
        if (this == TENSORS) {
            return Optional.empty();
        }
        if (this != OUTPUT_SIDE && this != TWO_SIDES && !kind.hasFactors()) {
            return Optional.of("has no factors A and B");
        }
        if (this != OUTPUT_SIDE && this != REFACTORED && !kind.trains(kind.input())) {
            return Optional.of("freezes A, which the method trains");
        }
        boolean products = this == REFACTORED || this == PRODUCTS || this == FRESH_PRODUCTS;
        if (products && !kind.isLinearInProduct()) {
            return Optional.of("has a weight that is not linear in B·A, so the method's products are not its changes"
                    + " of the weight, and a fold would change its norms");
        }
        if (this == FRESH_PRODUCTS && kind.takesPartOfBase()) {
            return Optional.of("begins with a part of the base's weight, which the method would drop or draw anew");
        }
        return Optional.empty();
    }

    public boolean accepts(AdapterKind kind) {
        return against(kind).isEmpty();
    }

    /** The types that fit, in the order of their declaration. */
    public List<String> types() {
        return Arrays.stream(AdapterKind.values())
                .filter(this::accepts)
                .map(AdapterKind::type)
                .toList();
    }

    /** The accepted type that has most in common with one that is not. */
    AdapterKind nearest(AdapterKind refused) {
        return Arrays.stream(AdapterKind.values())
                .filter(this::accepts)
                .min(Comparator.comparingInt(kind -> distance(kind, refused)))
                .orElseThrow();
    }

    private static int distance(AdapterKind one, AdapterKind other) {
        int distance = one.hasFactors() == other.hasFactors() ? 0 : 4;
        distance += one.hasCore() == other.hasCore() ? 0 : 4;
        distance += one.trains(one.input()) == other.trains(other.input()) ? 0 : 2;
        distance += one.takesPartOfBase() == other.takesPartOfBase() ? 0 : 1;
        return distance + (one.isLinearInProduct() == other.isLinearInProduct() ? 0 : 1);
    }
}
