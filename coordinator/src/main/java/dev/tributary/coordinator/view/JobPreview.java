package dev.tributary.coordinator.view;

import dev.tributary.plan.Problem;
import java.util.List;

/**
 * What a document would do if it were submitted now.
 *
 * @param problems what keeps it from starting; empty if it would start
 * @param method the method it names, empty if it cannot be read
 * @param modules number of modules that get an adapter
 * @param adapterBytes both factors of all of them, as they would travel
 * @param headBytes of the classification head, 0 without one
 * @param cohort agents that would be asked in a round
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
        String privacy) {

    /** Upper limit of what one round brings to the coordinator. */
    public long roundBytes() {
        return cohort * (adapterBytes + headBytes);
    }
}
