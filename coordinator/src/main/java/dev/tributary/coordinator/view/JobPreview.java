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
 * @param cohort updates of one round, of the agents that may take part
 * @param traffic by the method it names; null where that does not fit, no agent does, or the document is not whole
 * @param privacy the unit that is protected, or {@code none}
 * @param privacyCost null without privacy terms that hold together
 */
public record JobPreview(
        List<Problem> problems,
        String method,
        List<MethodFit> methods,
        int modules,
        int cohort,
        int rounds,
        @Nullable JobTraffic traffic,
        String privacy,
        @Nullable PrivacyCost privacyCost) {}
