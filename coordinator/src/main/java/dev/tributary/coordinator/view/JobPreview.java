package dev.tributary.coordinator.view;

import dev.tributary.plan.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a document would do if it were submitted now.
 *
 * @param problems what keeps it from starting; empty if it would start
 * @param method the method it names, empty if it cannot be read
 * @param modules number of modules that get an adapter
 * @param adapterBytes both factors of all of them, as they would travel
 * @param headBytes of the classification head, 0 without one
 * @param cohort agents that would be asked in a round
 * @param roundBytes upper limit of what one round brings to the coordinator; methods say how much less it is
 * @param privacy the unit that is protected, or {@code none}
 * @param privacyCost null without privacy terms that hold together
 */
public record JobPreview(
        List<Problem> problems,
        String method,
        List<MethodFit> methods,
        int modules,
        long adapterBytes,
        long headBytes,
        int cohort,
        int rounds,
        long roundBytes,
        String privacy,
        @Nullable PrivacyCost privacyCost) {}
