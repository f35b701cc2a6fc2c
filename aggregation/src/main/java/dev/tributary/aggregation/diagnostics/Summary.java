package dev.tributary.aggregation.diagnostics;

import dev.tributary.aggregation.Aggregation.Diagnostics;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** Adds modules up to the figures of a round. */
final class Summary {

    private Summary() {}

    static Diagnostics of(SortedMap<String, ModuleDiagnosis> modules, int agents) {
        SortedMap<String, Double> perModule = new TreeMap<>();
        double error = 0;
        double ideal = 0;
        double update = 0;
        double fold = 0;
        int foldRank = 0;
        double[] sizes = new double[agents];
        double[] agreement = new double[agents];
        for (var entry : modules.entrySet()) {
            ModuleDiagnosis module = entry.getValue();
            perModule.put(entry.getKey(), relative(module.error(), module.ideal()));
            error += module.error();
            ideal += module.ideal();
            update += module.update();
            fold += module.fold();
            foldRank = Math.max(foldRank, module.foldRank());
            for (int i = 0; i < agents; i++) {
                sizes[i] += module.agents()[i];
                agreement[i] += module.agreement()[i];
            }
        }
        SortedMap<String, Double> more = new TreeMap<>();
        more.put("updateNorm", Math.sqrt(update));
        more.put("idealNorm", Math.sqrt(ideal));
        more.put("droppedNorm", Math.sqrt(Math.max(0, error)));
        more.put("residualNorm", Math.sqrt(fold));
        more.put("residualRank", (double) foldRank);
        cosines(sizes, agreement, update, more);
        return new Diagnostics(modules.isEmpty() ? Double.NaN : relative(error, ideal), perModule, more);
    }

    private static void cosines(double[] sizes, double[] agreement, double update, SortedMap<String, Double> more) {
        double[] cosines = new double[sizes.length];
        int n = 0;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] > 0 && update > 0) {
                cosines[n++] = agreement[i] / Math.sqrt(sizes[i] * update);
            }
        }
        if (n > 0) {
            double[] found = Arrays.copyOf(cosines, n);
            more.put("cosineMean", Arrays.stream(found).average().orElse(Double.NaN));
            more.put("cosineMin", Arrays.stream(found).min().orElse(Double.NaN));
        }
    }

    private static double relative(double error, double ideal) {
        if (ideal == 0) {
            return error == 0 ? 0 : Double.NaN;
        }
        return Math.sqrt(Math.max(0, error) / ideal);
    }
}
