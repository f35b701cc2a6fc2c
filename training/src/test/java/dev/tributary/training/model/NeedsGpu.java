package dev.tributary.training.model;

import dev.tributary.training.TrainingException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs on an NVIDIA GPU with a build of {@code -Pgpu}; elsewhere it is skipped, with what is missing. */
@Tag("gpu")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsGpu.Condition.class)
public @interface NeedsGpu {

    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            try {
                return ConditionEvaluationResult.enabled(Gpus.choose("cuda").toString());
            } catch (TrainingException e) {
                return ConditionEvaluationResult.disabled(String.valueOf(e.getMessage()));
            }
        }
    }
}
