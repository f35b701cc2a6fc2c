package dev.tributary.aggregation.offline;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.engine.Canonical;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.ProductTerms;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** How far a written adapter is from the weighted mean of the products. */
final class MergeError {

    private MergeError() {}

    static double of(
            Collection<String> modules, List<ReceivedUpdate> updates, AdapterConfig config, TensorSource written) {
        List<ReceivedUpdate> weighted = Canonical.order(updates);
        double error = 0;
        double size = 0;
        for (String module : modules) {
            ProductTerms terms = new ProductTerms();
            add(terms, written, module, config.scalingOf(module));
            for (ReceivedUpdate update : weighted) {
                add(
                        terms,
                        update.tensors(),
                        module,
                        update.weight() * update.config().scalingOf(module));
            }
            double[] difference = new double[terms.size()];
            Arrays.fill(difference, 1);
            double[] ideal = difference.clone();
            difference[0] = -1;
            ideal[0] = 0;
            error += Math.pow(terms.norm(difference), 2);
            size += Math.pow(terms.norm(ideal), 2);
        }
        return size == 0 ? 0 : Math.sqrt(error / size);
    }

    private static void add(ProductTerms terms, TensorSource tensors, String module, double factor) {
        terms.add(Matrix.read(tensors, Modules.b(module), factor), Matrix.read(tensors, Modules.a(module), 1));
    }
}
