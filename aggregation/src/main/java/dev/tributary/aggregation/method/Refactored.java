package dev.tributary.aggregation.method;

import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.engine.BasisCompletion;
import dev.tributary.aggregation.engine.FactoredSvd;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.SeededTensors;
import dev.tributary.plan.Job;
import java.util.List;

/** Writes the leading components of an SVD as a module's factors. */
final class Refactored {

    private Refactored() {}

    /**
     * s·B·A = the best approximation of the module's global rank. Components that are zero get B = 0 and a row of A
     * completed from the A before, so that they can learn.
     *
     * @param rooted split singular values evenly; otherwise all in B, so that A has orthonormal rows
     * @return the names of the tensors written
     */
    static List<String> write(
            GlobalState state, Job job, String module, FactoredSvd svd, boolean rooted, SafetensorsWriter adapter) {
        int rank = state.config().rankOf(module);
        int found = Math.min(rank, svd.numericalRank());
        Matrix before = Matrix.read(state.tensors(), Modules.a(module), 1);
        SeededTensors random =
                new SeededTensors(job.seed(), "completion:" + state.ref().version() + ":" + module);
        Matrix completed = BasisCompletion.complete(svd.right(found), before, rank, random);
        Matrix left = Matrix.zeros(svd.u().rows(), rank);
        if (found > 0) {
            Matrix leading = rooted ? svd.leftRooted(found) : svd.leftScaled(found);
            left = Matrix.beside(List.of(leading, Matrix.zeros(left.rows(), rank - found)));
        }
        if (rooted && found > 0) {
            completed = found == rank
                    ? svd.rightRooted(found)
                    : Matrix.stacked(List.of(svd.rightRooted(found), completed.rows(found, rank)));
        }
        adapter.write(
                Modules.b(module),
                left.scaled(1 / state.config().scalingOf(module)).toFloats());
        adapter.write(Modules.a(module), completed.toFloats());
        return List.of(Modules.a(module), Modules.b(module));
    }
}
