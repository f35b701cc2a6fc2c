package dev.tributary.coordinator.view;

import dev.tributary.plan.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A method, and what stands against using it for a given job.
 *
 * @param bytesUp what an agent sends a round, as a formula
 * @param traffic what the job would move by it; null where it does not fit, no agent does, or the document is not whole
 * @param problems empty if it fits
 */
public record MethodFit(
        String name,
        String title,
        String paper,
        boolean exact,
        String bytesUp,
        String bytesDown,
        @Nullable JobTraffic traffic,
        List<Problem> problems) {

    public boolean fits() {
        return problems.isEmpty();
    }
}
