package dev.tributary.adapter;

/** What a tensor is within an adapted module; the suffix completes the module path to PEFT's key. */
public enum TensorRole {
    /** LoRA A, shape (rank, in). */
    LORA_A(".lora_A.weight"),
    /** LoRA B, shape (out, rank). */
    LORA_B(".lora_B.weight"),
    /** The small trained core between frozen B and A (LoRA-XS, LoRA-SB, Fed-SB), shape (rank, rank). */
    LORA_R(".lora_R.weight"),
    /** RAVAN's trained heads between frozen B and A, one above the other: (heads·n, n) where rank = heads·n. */
    LORA_H(".lora_H.weight"),
    /** DoRA's column magnitudes, shape (out). */
    MAGNITUDE(".lora_magnitude_vector"),
    /** VeRA's vector over ranks, shape (rank). */
    VERA_D(".vera_lambda_d"),
    /** VeRA's vector over outputs, shape (out). */
    VERA_B(".vera_lambda_b"),
    /** Weight of a fully trained module: a classification head or a member of modules_to_save. */
    WEIGHT(".weight"),
    /** Bias of a fully trained module. */
    BIAS(".bias"),
    /** Left factor of a fold, shape (out, c): the frozen base grows by P·Q. */
    FOLD_P(".fold_P"),
    /** Right factor of a fold, shape (c, in). */
    FOLD_Q(".fold_Q");

    private final String suffix;

    TensorRole(String suffix) {
        this.suffix = suffix;
    }

    public String suffix() {
        return suffix;
    }
}
