package dev.tributary.aggregation.testing;

import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import java.util.List;

/** Dense deltas of states and updates, with the mean of products as the ideal. */
public final class Oracle {

    private Oracle() {}

    /** s·Σ wᵢBᵢAᵢ of a module; factors that an update lacks come from the state. */
    public static double[][] ideal(GlobalState state, List<ReceivedUpdate> updates, String module) {
        LinearShape shape = Federation.shape(module);
        double[][] sum = new double[shape.out()][shape.in()];
        for (ReceivedUpdate update : updates) {
            double scaling = update.config().scalingOf(module);
            sum = Dense.plus(sum, update.weight() * scaling, product(update.tensors(), state.tensors(), module));
        }
        return sum;
    }

    private static double[][] product(TensorSource first, TensorSource second, String module) {
        double[][] b = read(first, second, module + ".lora_B.weight");
        String core = module + ".lora_R.weight";
        if (second.layout().names().contains(core)) {
            b = Dense.times(b, read(first, second, core));
        }
        String heads = module + ".lora_H.weight";
        if (second.layout().names().contains(heads)) {
            b = Dense.times(b, diagonal(read(first, second, heads)));
        }
        return Dense.times(b, read(first, second, module + ".lora_A.weight"));
    }

    private static double[][] diagonal(double[][] stacked) {
        int size = stacked[0].length;
        double[][] whole = new double[stacked.length][stacked.length];
        for (int i = 0; i < stacked.length; i++) {
            System.arraycopy(stacked[i], 0, whole[i], i / size * size, size);
        }
        return whole;
    }

    private static double[][] read(TensorSource first, TensorSource second, String tensor) {
        return Dense.read(first.layout().names().contains(tensor) ? first : second, tensor);
    }

    /** s·BA of a state plus the given folds: what the model at that state adds to the unmodified base. */
    public static double[][] delta(GlobalState state, List<TensorSource> folds, String module) {
        double[][] sum = Dense.plus(
                new double[Federation.shape(module).out()]
                        [Federation.shape(module).in()],
                state.config().scalingOf(module),
                product(state.tensors(), state.tensors(), module));
        for (TensorSource fold : folds) {
            if (fold.layout().names().contains(module + ".fold_P")) {
                sum = Dense.plus(
                        sum,
                        1,
                        Dense.times(Dense.read(fold, module + ".fold_P"), Dense.read(fold, module + ".fold_Q")));
            }
        }
        return sum;
    }
}
