package dev.tributary.coordinator.view;

import dev.tributary.plan.Problem;
import java.util.List;

/**
 * A method, and what stands against using it for a given job.
 *
 * @param bytesUp what an agent sends a round, as a formula
 * @param problems empty if it fits
 */
public record MethodFit(
        String name,
        String title,
        String paper,
        boolean exact,
        String bytesUp,
        String bytesDown,
        List<Problem> problems) {

    public boolean fits() {
        return problems.isEmpty();
    }
}
