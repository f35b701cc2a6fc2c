package dev.tributary.aggregation.bench;

import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.engine.Modules;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The residual Σ wᵢBᵢAᵢ − B̄Ā as one would write it down: (out, in) matrices in fp32 on ND4J, factors in memory. */
final class DenseResidual {

    private final List<INDArray> left = new ArrayList<>(); // wᵢBᵢ (out, r)
    private final List<INDArray> right = new ArrayList<>(); // Aᵢ (r, in)
    private final List<Double> weights = new ArrayList<>();

    private DenseResidual() {}

    static DenseResidual of(List<ReceivedUpdate> updates, String module) {
        DenseResidual dense = new DenseResidual();
        for (ReceivedUpdate update : updates) {
            dense.left.add(array(update, Modules.b(module)).muli(update.weight()));
            dense.right.add(array(update, Modules.a(module)));
            dense.weights.add(update.weight());
        }
        return dense;
    }

    private static INDArray array(ReceivedUpdate update, String tensor) {
        List<Integer> shape = update.tensors().layout().get(tensor).shape();
        return Nd4j.create(update.tensors().read(tensor), new long[] {shape.get(0), shape.get(1)}, 'c');
    }

    /** Computes it once; gives one element, so that nobody can leave it out. */
    double compute() {
        INDArray meanB = left.get(0).dup();
        INDArray meanA = right.get(0).mul(weights.get(0));
        INDArray sum = left.get(0).mmul(right.get(0)); // (out, in)
        for (int i = 1; i < left.size(); i++) {
            meanB.addi(left.get(i));
            meanA.addi(right.get(i).mul(weights.get(i)));
            try (INDArray product = left.get(i).mmul(right.get(i))) {
                sum.addi(product);
            }
        }
        try (INDArray product = meanB.mmul(meanA);
                INDArray residual = sum.subi(product)) {
            return residual.getDouble(0);
        }
    }
}
