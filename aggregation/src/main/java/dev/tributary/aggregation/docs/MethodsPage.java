package dev.tributary.aggregation.docs;

import dev.tributary.aggregation.ControlVariates;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.Legend;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.Methods;
import dev.tributary.aggregation.ServerOptimizer;
import dev.tributary.aggregation.SumMethod;
import dev.tributary.aggregation.fold.FoldCompaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code docs/methods.md}, generated from what the methods declare of themselves. */
public final class MethodsPage {

    private MethodsPage() {}

    /** Writes the page to the path given as the only argument. */
    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("usage: MethodsPage PATH");
        }
        Files.writeString(Path.of(args[0]), text());
    }

    public static String text() {
        List<FederatedMethod> methods = Methods.names().stream()
                .map(name -> Methods.find(name).orElseThrow())
                .toList();
        StringBuilder page = new StringBuilder("""
                # Federated methods

                Generated from the methods' declarations by `dev.tributary.aggregation.docs.MethodsPage`; a test keeps it
                current. Chosen by `aggregation: {method: NAME}` in the job file, options beside it.

                wᵢ is an agent's share of the examples, s the scaling alpha/r, r the rank, rᵢ and kᵢ an agent's own, K the
                number of accepted updates, b the bytes of an element; sums in the byte formulas are over target modules.
                *Exact* means that the new global delta equals Σ wᵢ·s·BᵢAᵢ; with `dora` and `vera`, whose weight is not
                linear in that product, no method is exact. *Client-level noise* is possible where the rule needs nothing
                but the sum of the updates. Which adapter types go with a method is computed from what the types and the
                methods say of themselves; LoRA+ is `training.lora-plus-ratio` and goes with all that train A and B.

                | method | exact | folds into the base | unequal ranks | own state at agents | server optimiser | control variates | late updates, async | secure aggregation | client-level noise | adapter types |
                |---|---|---|---|---|---|---|---|---|---|---|
                """);
        for (FederatedMethod method : methods) {
            MethodCard card = method.card();
            page.append("| [`%s`](#%s) | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n"
                    .formatted(
                            card.name(),
                            card.name(),
                            card.personalState() ? "no global model" : yes(card.exact()),
                            yes(card.foldsBase()),
                            yes(card.heterogeneousRanks()),
                            yes(card.personalState()),
                            yes(card.serverOptimizer()),
                            yes(card.controlVariates()),
                            yes(card.lateUpdates()),
                            card.secureAggregation().words(),
                            yes(method instanceof SumMethod),
                            String.join(", ", card.adapterTypes())));
        }
        page.append("""

                ## Adapters that begin from the base model

                `pissa` and `olora` begin with a part of the base's weight, `dora` with its norms, `fed-sb` with
                `initialisation: weight-svd` with its singular vectors and with `public-data` with those of a gradient on public
                data. The coordinator has no weights, so round 1 of such a job trains nothing: every agent computes the values
                from the same base model and sends them, and those of the agent that lies nearest to all others are what
                training begins with. For `pissa` and `olora` −s·B·A of those values becomes the
                first fold, so the model is still the base; it is made once and never again. All agents need the job's full
                rank, since the ranks hold a part of the base. Not together with differential privacy.

                ## Server optimisers

                For every method with a *yes* in that column, beside its own options. The mean change of a round,
                g = Σ wᵢ(θᵢ − θ), is taken as a gradient: m ← β₁m + (1−β₁)g, then θ ← θ + η·m (`fedavgm`, Hsu et al. 2019,
                arXiv 1909.06335) or θ ← θ + η·m/(√v + τ) (`fedadagrad`, `fedadam`, `fedyogi`, Reddi et al. 2021,
                arXiv 2003.00295). Weights are by examples for all of them. The moments stay with the coordinator. On two
                factors the adaptive ones depend on the gauge: prefer them where one factor is trained.

                """);
        ServerOptimizer.OPTIONS.forEach(option -> page.append(line(option)));
        page.append("""

                ## Control variates

                For every method with a *yes* in that column: SCAFFOLD (Karimireddy et al. 2020, arXiv 1910.06378). Each agent
                keeps Cᵢ, the way that its own data took it in its last round, and receives C, that of all agents; at step t of
                a round every trained and sent tensor moves by (Cᵢ − C)·ηₜ/Σηₜ beside the optimiser's step, and then
                Cᵢ ← Cᵢ − C + θ − θᵢ. With H steps of rate η, C = Hη·c of the paper. The coordinator needs no more than the
                mean update, C ← C + |S|/N·(θ − θ̄ − C) with |S|/N = `cohort.fraction`, so an agent sends nothing more and
                receives the trained tensors twice. Derived for `sgd`; with `adamw` it corrects the ways that were gone, which
                is a heuristic. Weights are by examples (the paper's are equal). Cᵢ is encrypted on the agent's disk and never
                sent. Beside server optimisers and FedProx (`training.proximal-mu`).

                """);
        ControlVariates.OPTIONS.forEach(option -> page.append(line(option)));
        page.append("""

                ## Late updates and asynchronous training

                With `cohort: {late: next-round}` an agent that has not answered when its round closes goes on, and its
                update counts in the next round that closes; with `mode: async` and `cohort: {buffer: K}` there is nothing
                else: every agent trains all the time, and K updates make a round (FedBuff, Nguyen et al. 2022, arXiv
                2106.06639). An update that began τ states ago adds (1 + τ)^−a of its change, a being
                `cohort.staleness-exponent`. Agents send changes in place of values. Only for methods with a *yes* in that
                column, of `fed-sb` without a range finder: they train the same tensors in every round and take a mean. An
                agent counts once in a round: where both its late and its new update are there, the new one.

                """);
        page.append("""
                ## Which layers an agent trains

                LEGEND (arXiv 2412.20004), on %s: layers near the output
                get higher ranks, r_l = r − λ(L − l), and a slow agent trains only its last k layers, with those before them as
                received. **The formulas are reconstructed by us** from the paper's abstract: an agent's cost c is its measured
                training time over L + k (a layer's forward and backward pass count the same), c ← 0.8·c + 0.2·new; with
                τ = 2L·(lower quartile of c), k = τ/c − L, between 1 and L; everybody trains all layers in its first round. Uploads are not
                counted. Each layer is averaged over those that trained it, one that nobody trained stays. Since depths follow
                measured times, two runs of a job do not give the same bytes. Not with `control-variates`, nor with
                `privacy.unit: client`.

                """.formatted(methods.stream()
                .map(FederatedMethod::card)
                .filter(Legend::goesWith)
                .map(card -> "`" + card.name() + "`")
                .collect(java.util.stream.Collectors.joining(", "))));
        Legend.OPTIONS.forEach(option -> page.append(line(option)));
        page.append("""

                ## The fold log

                For every method that folds into the base. An agent that joins late fetches the folds of all rounds and adds
                them to its base in order; an agent that was there has them on its disk. A log that has grown long can be
                replaced by one fold of bounded rank: the diagnostics of that round give the Frobenius norm of what was
                dropped (`foldCompactionNorm`) and its share of the whole (`foldCompactionError`). With a rank of at least
                the smaller side of every module nothing is dropped.

                """);
        FoldCompaction.OPTIONS.forEach(option -> page.append(line(option)));
        methods.forEach(method -> page.append(section(method.card())));
        return page.toString();
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }

    private static String section(MethodCard card) {
        StringBuilder text = new StringBuilder();
        text.append("\n## ").append(card.name()).append("\n\n");
        text.append("**")
                .append(card.title())
                .append("**. ")
                .append(card.paper())
                .append(".\n\n");
        text.append("    ").append(card.equation()).append("\n\n");
        text.append("- formulas: ").append(card.provenance()).append('\n');
        text.append("- an agent sends per round: ").append(card.bytesUp()).append('\n');
        text.append("- an agent receives per round: ").append(card.bytesDown()).append('\n');
        card.options().forEach(option -> text.append(line(option)));
        if (!card.notes().isEmpty()) {
            text.append('\n').append(card.notes()).append('\n');
        }
        return text.toString();
    }

    private static String line(MethodOption option) {
        String otherwise = option.otherwise().isEmpty() ? "" : "; default " + option.otherwise();
        return "- option `" + option.name() + "`: " + option.values() + otherwise + ". " + capital(option.description())
                + ".\n";
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
