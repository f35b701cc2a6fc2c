package dev.tributary.aggregation.diagnostics;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.AdapterKind;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.Aggregation.Diagnostics;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.engine.Cores;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.ProductTerms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Compares what a round published with the ideal s·Σ wᵢBᵢAᵢ, module by module, reading the files as an agent does.
 * Norms come from Gram traces in fp64, and from QR where the traces would lose the error in cancellation.
 */
public final class RoundDiagnostics {

    /** Below this relative error Gram traces are not trusted. */
    private static final double TRACE_LIMIT = 1e-4;

    private final GlobalState before;
    private final List<ReceivedUpdate> updates;
    private final List<TensorSource> after;
    private final Optional<TensorSource> fold;

    private RoundDiagnostics(
            GlobalState before, List<ReceivedUpdate> updates, List<TensorSource> after, Optional<TensorSource> fold) {
        this.before = before;
        this.updates = updates;
        this.after = after;
        this.fold = fold;
    }

    /**
     * @param updates in agent-id order, weights summing to 1
     * @param fresh the new parts as written; tensors that are in none of them are unchanged
     */
    public static Diagnostics compute(
            MethodCard card,
            GlobalState before,
            List<ReceivedUpdate> updates,
            List<TensorSource> fresh,
            Optional<TensorSource> fold) {
        if (card.personalState()) {
            return new Diagnostics(Double.NaN, Collections.emptySortedMap(), Collections.emptySortedMap());
        }
        List<TensorSource> after = new ArrayList<>(fresh);
        after.add(before.tensors());
        RoundDiagnostics diagnostics = new RoundDiagnostics(before, updates, after, fold);
        SortedMap<String, ModuleDiagnosis> modules = new TreeMap<>();
        for (String module : Modules.with(before.tensors().layout(), TensorRole.LORA_B)) {
            modules.put(module, diagnostics.diagnose(module));
        }
        return Summary.of(modules, updates.size());
    }

    private ModuleDiagnosis diagnose(String module) {
        AdapterConfig global = before.config();
        List<TensorSource> old = List.of(before.tensors());
        ProductTerms terms = new ProductTerms();
        int foldIndex = -1;
        if (fold.isPresent() && fold.get().layout().names().contains(Modules.p(module))) {
            TensorSource folded = fold.get();
            foldIndex = terms.add(
                    columns(folded, Modules.p(module)),
                    () -> Matrix.read(folded, Modules.p(module), 1),
                    () -> Matrix.read(folded, Modules.q(module), 1));
        }
        int published = add(terms, module, after, global);
        int previous = add(terms, module, old, global);
        int first = terms.size();
        for (ReceivedUpdate update : updates) {
            add(terms, module, List.of(update.tensors(), before.tensors()), update.config());
        }
        return figures(terms, foldIndex, published, previous, first, weights(module));
    }

    /** Of those that trained the module; of all where nobody did. */
    private double[] weights(String module) {
        double[] weights = updates.stream()
                .mapToDouble(update -> holds(update, module) ? update.weight() : 0)
                .toArray();
        double sum = java.util.Arrays.stream(weights).sum();
        for (int i = 0; i < weights.length; i++) {
            weights[i] = sum > 0 ? weights[i] / sum : updates.get(i).weight();
        }
        return weights;
    }

    private static boolean holds(ReceivedUpdate update, String module) {
        return AdapterKind.of(update.config()).roles().stream()
                .anyMatch(role -> update.tensors().layout().names().contains(Modules.key(module, role)));
    }

    private static int add(ProductTerms terms, String module, List<TensorSource> sources, AdapterConfig config) {
        TensorSource b = holder(sources, Modules.b(module));
        TensorSource a = holder(sources, Modules.a(module));
        return terms.add(
                columns(b, Modules.b(module)),
                () -> Cores.times(Matrix.read(b, Modules.b(module), config.scalingOf(module)), sources, module),
                () -> Matrix.read(a, Modules.a(module), 1));
    }

    private static int columns(TensorSource source, String tensor) {
        return source.layout().get(tensor).shape().get(1);
    }

    private static TensorSource holder(List<TensorSource> sources, String tensor) {
        return sources.stream()
                .filter(s -> s.layout().names().contains(tensor))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no tensor " + tensor));
    }

    private ModuleDiagnosis figures(
            ProductTerms terms, int foldIndex, int published, int previous, int first, double[] weights) {
        double[][] gram = terms.gram();
        int n = terms.size();
        double[] ideal = new double[n];
        for (int i = 0; i < updates.size(); i++) {
            ideal[first + i] = weights[i];
        }
        double[] error = new double[n];
        for (int i = 0; i < n; i++) {
            error[i] = -ideal[i];
        }
        error[published] += 1;
        if (foldIndex >= 0) {
            error[foldIndex] += 1;
        }
        double[] mean = ideal.clone();
        mean[previous] -= 1;
        double idealNorm = Math.max(0, ProductTerms.inner(gram, ideal, ideal));
        double errorNorm = ProductTerms.inner(gram, error, error);
        if (errorNorm < TRACE_LIMIT * TRACE_LIMIT * idealNorm) {
            double precise = terms.norm(error);
            errorNorm = precise * precise;
        }
        double[] sizes = new double[updates.size()];
        double[] agreement = new double[updates.size()];
        for (int i = 0; i < updates.size(); i++) {
            double[] own = new double[n];
            own[first + i] = 1;
            own[previous] -= 1;
            sizes[i] = Math.max(0, ProductTerms.inner(gram, own, own));
            agreement[i] = ProductTerms.inner(gram, own, mean);
        }
        return new ModuleDiagnosis(
                errorNorm,
                idealNorm,
                Math.max(0, ProductTerms.inner(gram, mean, mean)),
                foldIndex < 0 ? 0 : Math.max(0, gram[foldIndex][foldIndex]),
                foldIndex < 0 ? 0 : terms.columns(foldIndex),
                sizes,
                agreement);
    }
}
