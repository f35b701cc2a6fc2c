package dev.tributary.aggregation;

import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** What the coordinator calls: runs a method of either kind and gives back files, never tensors. */
public interface Aggregation {

    /**
     * The files of a new state.
     *
     * @param newParts part name to a safetensors file in the working directory
     * @param keptParts parts carried over from the state before
     * @param fold this round's fold, if the method folds
     */
    record Produced(
            SortedMap<String, Path> newParts,
            Set<String> keptParts,
            Optional<Path> fold,
            SortedMap<String, String> methodState) {}

    /**
     * Figures about a round's aggregation, computed apart from the rule itself.
     *
     * @param aggregationError ‖effective − ideal‖_F / ‖ideal‖_F over all modules, where ideal is s·Σ wᵢBᵢAᵢ and
     *     effective is what the new state and fold give; NaN where it is not defined
     * @param perModule the same figure per module
     * @param more further figures by name: Frobenius norms over all modules of the mean update ({@code updateNorm}), the
     *     ideal delta ({@code idealNorm}), what the new state misses of it ({@code droppedNorm}: where a rule truncates, the
     *     tail of the singular values) and this round's fold ({@code residualNorm}); {@code residualRank}, the largest rank
     *     of the fold; {@code cosineMean} and {@code cosineMin} between the agents' updates and their mean
     */
    record Diagnostics(double aggregationError, SortedMap<String, Double> perModule, SortedMap<String, Double> more) {}

    record Result(Produced produced, Diagnostics diagnostics) {}

    Produced initial(FederatedMethod method, Job job, ModelDescriptor model, Path workDirectory);

    /** @param updates accepted updates with at least one positive example count, any order */
    Result aggregate(
            FederatedMethod method, GlobalState state, Job job, List<ReceivedUpdate> updates, Path workDirectory);

    /**
     * {@link #aggregate} on other sums than the plain ones, and without figures about single updates.
     *
     * @throws IllegalArgumentException if the method needs each update by itself
     */
    Produced aggregate(
            FederatedMethod method,
            GlobalState state,
            Job job,
            List<ReceivedUpdate> updates,
            SumsSource source,
            Path workDirectory);

    /**
     * Names of the tensors an update must hold under {@code terms}, with shapes: what intake checks against. The element
     * type is always F32 here; an upload in another type has the same names and shapes.
     */
    Map<String, dev.tributary.adapter.TensorInfo> expectedUpdate(GlobalState state, AgentTerms terms);
}
