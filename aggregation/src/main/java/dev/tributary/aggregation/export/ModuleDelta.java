package dev.tributary.aggregation.export;

import dev.tributary.aggregation.engine.FactoredSvd;
import dev.tributary.aggregation.engine.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * What a module's weight has gained over the unmodified base, as a growing stack of factors. When the stack grows wider
 * than the matrix it is compressed to its rank by SVD, which loses nothing beyond fp64 rounding.
 */
final class ModuleDelta {

    private final List<Matrix> left = new ArrayList<>(); // (out, c)
    private final List<Matrix> right = new ArrayList<>(); // (c, in)
    private int columns;

    void add(Matrix l, Matrix r) {
        left.add(l);
        right.add(r);
        columns += l.columns();
        if (columns >= Math.min(l.rows(), r.columns()) && left.size() > 1) {
            FactoredSvd svd = svd();
            replace(svd, Math.max(1, svd.numericalRank()));
        }
    }

    int rank() {
        return columns;
    }

    private FactoredSvd svd() {
        return FactoredSvd.of(left(), right());
    }

    Matrix left() {
        return Matrix.beside(left);
    }

    Matrix right() {
        return Matrix.stacked(right);
    }

    /** Keeps the best approximation of the given rank; gives the Frobenius norm of what is dropped. */
    double truncate(int rank) {
        if (rank >= columns) {
            return 0;
        }
        FactoredSvd svd = svd();
        replace(svd, rank);
        return svd.tail(rank);
    }

    private void replace(FactoredSvd svd, int rank) {
        left.clear();
        right.clear();
        left.add(svd.leftRooted(rank));
        right.add(svd.rightRooted(rank));
        columns = rank;
    }
}
