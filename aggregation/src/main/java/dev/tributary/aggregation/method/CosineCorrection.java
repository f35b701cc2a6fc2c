package dev.tributary.aggregation.method;

import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Products;

/**
 * LoRA-FAIR's objective 1 − cos(T, XĀ) + λ‖X − B̄‖_F over X (out, r), T = Σ wᵢBᵢAᵢ, by gradient steps. T and XĀ are never
 * formed: ⟨T, XĀ⟩ = ⟨TĀᵀ, X⟩ and ‖XĀ‖² = ⟨X, X·ĀĀᵀ⟩.
 */
final class CosineCorrection {

    private static final double SMALLEST_STEP = 1e-12;

    private final Matrix projected; // T·Āᵀ (out, r)
    private final Matrix gram; // Ā·Āᵀ (r, r)
    private final double norm;
    private final double lambda;

    /** @param norm ‖T‖_F */
    CosineCorrection(Matrix projected, Matrix gram, double norm, double lambda) {
        this.projected = projected;
        this.gram = gram;
        this.norm = norm;
        this.lambda = lambda;
    }

    /** From B̄, {@code steps} steps; one that would make the objective worse is halved until it does not. */
    Matrix correct(Matrix meanB, int steps, double stepSize) {
        Matrix x = meanB;
        double best = objective(x, meanB);
        double size = stepSize;
        for (int step = 0; step < steps && Double.isFinite(best) && size > SMALLEST_STEP; step++) {
            Matrix gradient = gradient(x, meanB);
            Matrix next = x.plus(-size, gradient);
            double value = objective(next, meanB);
            while (!(value <= best) && size > SMALLEST_STEP) {
                size /= 2;
                next = x.plus(-size, gradient);
                value = objective(next, meanB);
            }
            if (value <= best) {
                x = next;
                best = value;
            }
        }
        return x;
    }

    private double objective(Matrix x, Matrix meanB) {
        double length = Math.sqrt(Math.max(0, dot(x, Products.multiply(x, gram))));
        return 1
                - dot(projected, x) / (norm * length)
                + lambda * x.plus(-1, meanB).frobeniusNorm();
    }

    private Matrix gradient(Matrix x, Matrix meanB) {
        Matrix spread = Products.multiply(x, gram);
        double length = Math.sqrt(Math.max(0, dot(x, spread)));
        double along = dot(projected, x) / (norm * length * length * length);
        Matrix gradient = projected.scaled(-1 / (norm * length)).plus(along, spread);
        Matrix change = x.plus(-1, meanB);
        double size = change.frobeniusNorm();
        return size == 0 ? gradient : gradient.plus(lambda / size, change);
    }

    private static double dot(Matrix a, Matrix b) {
        double sum = 0;
        for (int i = 0; i < a.values().length; i++) {
            sum += a.values()[i] * b.values()[i];
        }
        return sum;
    }
}
