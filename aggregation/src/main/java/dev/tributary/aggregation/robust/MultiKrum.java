package dev.tributary.aggregation.robust;

import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AdapterNeeds;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.ProductTerms;
import dev.tributary.plan.Job;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Multi-Krum: the mean of the updates that are closest to their neighbours. Distances are between the weight changes
 * s·BᵢAᵢ, through r × r traces, so that turning an update's factors does not hide it. Without LoRA factors, or where all
 * products are zero, all updates count.
 */
public final class MultiKrum extends RobustRule {

    private static final MethodOption MALICIOUS = MethodOption.integer(
            "malicious", 0, 1 << 16, "", "how many bad updates to expect; (K − 3)/2, rounded down, if left out");
    private static final MethodOption SELECT =
            MethodOption.integer("select", 1, 1 << 16, "", "how many updates to average; K less malicious if left out");

    private static final MethodCard CARD = card("multi-krum", "Multi-Krum")
            .paper("Blanchard et al. 2017")
            .equation("mean of the m updates with the least Σ‖s(BᵢAᵢ − BⱼAⱼ)‖²_F over their K − f − 2 nearest")
            .adapters(AdapterNeeds.PRODUCTS)
            .options(MALICIOUS, SELECT)
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        int n = updates.size();
        int malicious = Math.min(n - 1, MALICIOUS.integerOf(job, Math.max(0, (n - 3) / 2)));
        int select = Math.min(n, SELECT.integerOf(job, n - malicious));
        double[] scores = scores(distances(state, updates), Math.max(1, n - malicious - 2));
        List<Integer> chosen = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> scores[i]).thenComparing(i -> i))
                .limit(select)
                .toList();
        double total = chosen.stream().mapToDouble(i -> updates.get(i).weight()).sum();
        double[] coefficients = new double[n];
        chosen.forEach(i -> coefficients[i] = updates.get(i).weight() / total);
        write(state, updates, next, combination(coefficients));
    }

    private static double[] scores(double[][] squared, int neighbours) {
        double[] scores = new double[squared.length];
        for (int i = 0; i < squared.length; i++) {
            double[] others = squared[i].clone();
            others[i] = -1; // sorts first and is skipped
            Arrays.sort(others);
            for (int k = 1; k <= Math.min(neighbours, others.length - 1); k++) {
                scores[i] += others[k];
            }
        }
        return scores;
    }

    private static double[][] distances(GlobalState state, List<ReceivedUpdate> updates) {
        int n = updates.size();
        double[][] squared = new double[n][n];
        for (String module : Modules.with(state.tensors().layout(), TensorRole.LORA_B)) {
            ProductTerms terms = new ProductTerms();
            for (ReceivedUpdate update : updates) {
                terms.add(
                        Matrix.read(
                                update.tensors(),
                                Modules.b(module),
                                update.config().scalingOf(module)),
                        Matrix.read(update.tensors(), Modules.a(module), 1));
            }
            double[][] gram = terms.gram();
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    squared[i][j] += Math.max(0, gram[i][i] + gram[j][j] - 2 * gram[i][j]);
                }
            }
        }
        return squared;
    }
}
