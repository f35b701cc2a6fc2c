package dev.tributary.adapter;

import org.jspecify.annotations.Nullable;

/**
 * The {@code adapter_config.json} of a PEFT directory.
 *
 * @param adapter what our own code needs of it
 * @param baseModel {@code base_model_name_or_path}, null if the file names none
 * @param taskType PEFT's {@code task_type}, for example {@code CAUSAL_LM} or {@code FEATURE_EXTRACTION}; null if none
 * @param fanInFanOut whether the base stores the target weights as (in, out), as GPT-2's Conv1D does
 */
public record PeftConfig(
        AdapterConfig adapter,
        @Nullable String baseModel,
        @Nullable String taskType,
        boolean fanInFanOut) {}
