package dev.tributary.adapter;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an adapter type is made of, told by itself: which tensors it has and trains, whether the weight is linear in its
 * product, where its values begin. Which federated method it goes with is computed from this.
 */
public enum AdapterKind {
    /** W + (α/r)·B·A (Hu et al. 2021). */
    LORA("lora", TensorRole.LORA_A, TensorRole.LORA_B, EnumSet.of(TensorRole.LORA_A, TensorRole.LORA_B)),
    /** W + (α/√r)·B·A (Kalajdzievski 2023). */
    RSLORA("rslora", TensorRole.LORA_A, TensorRole.LORA_B, EnumSet.of(TensorRole.LORA_A, TensorRole.LORA_B)),
    /** LoRA with a frozen A (Zhang et al. 2023). */
    LORA_FA("lora-fa", TensorRole.LORA_A, TensorRole.LORA_B, EnumSet.of(TensorRole.LORA_B)),
    /** LoRA that begins with the largest singular components of W, which leave the base (Meng et al. 2024). */
    PISSA("pissa", TensorRole.LORA_A, TensorRole.LORA_B, EnumSet.of(TensorRole.LORA_A, TensorRole.LORA_B)),
    /** LoRA that begins with the first columns of Q and rows of R of W = QR, which leave the base (Büyükakyüz 2024). */
    OLORA("olora", TensorRole.LORA_A, TensorRole.LORA_B, EnumSet.of(TensorRole.LORA_A, TensorRole.LORA_B)),
    /** m ∘ (W + s·B·A)/‖W + s·B·A‖, norms by row (Liu et al. 2024). */
    DORA(
            "dora",
            TensorRole.LORA_A,
            TensorRole.LORA_B,
            EnumSet.of(TensorRole.LORA_A, TensorRole.LORA_B, TensorRole.MAGNITUDE)),
    /** W + Λ_b·B·Λ_d·A with frozen random B and A (Kopiczko et al. 2023). */
    VERA("vera", TensorRole.VERA_D, TensorRole.VERA_B, EnumSet.of(TensorRole.VERA_D, TensorRole.VERA_B)),
    /** W + s·B·R·A with frozen B and A (Bałazy et al. 2024). */
    LORA_XS("lora-xs", TensorRole.LORA_A, TensorRole.LORA_B, EnumSet.of(TensorRole.LORA_R)),
    /** As LoRA-XS, with B and A from a step of full training (Ponkshe et al. 2024). */
    LORA_SB("lora-sb", TensorRole.LORA_A, TensorRole.LORA_B, EnumSet.of(TensorRole.LORA_R)),
    /** W + s·Σ_h B_h·H_h·A_h with frozen B_h and A_h (RAVAN, arXiv 2506.05568). */
    RAVAN("ravan", TensorRole.LORA_A, TensorRole.LORA_B, EnumSet.of(TensorRole.LORA_H));

    private final String type;
    private final TensorRole input;
    private final TensorRole output;
    private final Set<TensorRole> trained;

    AdapterKind(String type, TensorRole input, TensorRole output, Set<TensorRole> trained) {
        this.type = type;
        this.input = input;
        this.output = output;
        this.trained = trained;
    }

    public static Optional<AdapterKind> named(String type) {
        return Arrays.stream(values()).filter(kind -> kind.type.equals(type)).findFirst();
    }

    /** @throws IllegalArgumentException if there is no such type */
    public static AdapterKind of(AdapterConfig config) {
        return named(config.type())
                .orElseThrow(() -> new IllegalArgumentException("there is no adapter type '" + config.type() + "'"));
    }

    /** As in {@code adapter.type}. */
    public String type() {
        return type;
    }

    /** The tensor on the side of a module's inputs: A, or VeRA's d. */
    public TensorRole input() {
        return input;
    }

    /** The tensor on the side of a module's outputs: B, or VeRA's b. */
    public TensorRole output() {
        return output;
    }

    public boolean trains(TensorRole role) {
        return trained.contains(role);
    }

    /** Every tensor of an adapted module. */
    public List<TensorRole> roles() {
        Set<TensorRole> roles = EnumSet.copyOf(trained);
        roles.add(input);
        roles.add(output);
        return List.copyOf(roles);
    }

    /** What trains beside the two sides: DoRA's magnitudes. */
    public List<TensorRole> besides() {
        return trained.stream().filter(role -> role == TensorRole.MAGNITUDE).toList();
    }

    /** Whether the two sides are the LoRA factors A and B. */
    public boolean hasFactors() {
        return input == TensorRole.LORA_A;
    }

    /** Whether only a core, or heads, between frozen factors train. */
    public boolean hasCore() {
        return trains(TensorRole.LORA_R) || trains(TensorRole.LORA_H);
    }

    /** Whether the weight is the base's plus s·B·A (or s·B·R·A): sums of products are sums of weight changes. */
    public boolean isLinearInProduct() {
        return hasFactors() && besides().isEmpty();
    }

    /** Tensors whose first values are computed from the base's weights; empty if a seed is enough. */
    public List<TensorRole> fromBase() {
        return switch (this) {
            case PISSA, OLORA -> List.of(TensorRole.LORA_A, TensorRole.LORA_B);
            case DORA -> List.of(TensorRole.MAGNITUDE);
            default -> List.of();
        };
    }

    /** Whether the adapter begins with a part of the base's weight, which then leaves the base. */
    public boolean takesPartOfBase() {
        return this == PISSA || this == OLORA;
    }
}
