package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.AdapterKind;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorName;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.Job;
import dev.tributary.plan.Layers;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * LEGEND (arXiv 2412.20004): who trains which layers at which rank, on any method whose rule is a mean over those that
 * hold a tensor. Layers near the output get higher ranks, r_l = r − λ(L − l); a slow agent trains only the last k layers,
 * as many as let it finish when a fast one has trained all, and its backward pass ends there. <b>The formulas are
 * reconstructed by us from the paper's abstract.</b> An agent's cost c is its measured training time over L + k, since a
 * layer's forward and backward pass take about the same where weights rest; c ← 0.8·c + 0.2·new. With the deadline
 * τ = 2L·(lower quartile of c), which no single agent's claim moves far, k = τ/c − L, between 1 and L. What an upload takes
 * is not counted.
 */
public final class Legend {

    private static final double KEPT = 0.8;
    private static final String COSTS = "legend-costs";

    private static final MethodOption KIND = MethodOption.choice(
            "configurator",
            List.of("none", "legend"),
            "who trains which layers at which rank; legend gives slow agents fewer layers, and layers near the input lower"
                    + " ranks");
    private static final MethodOption SLOPE = MethodOption.optionalNumber(
            "rank-slope",
            0,
            1 << 16,
            "λ of legend: how much lower the rank is with every layer away from the output; if left out, the first layer"
                    + " gets half of adapter.rank. A job with a rank-pattern keeps that");

    /** Keys under {@code aggregation} of every method that it goes with. */
    public static final List<MethodOption> OPTIONS = List.of(KIND, SLOPE);

    private Legend() {}

    static boolean isOn(Job job) {
        return KIND.is(job, "legend");
    }

    /** Whether a method's rule is a mean over the holders of each tensor. */
    public static boolean goesWith(MethodCard card) {
        return card.serverOptimizer() && card.secureAggregation() == MethodCard.SecureAggregation.YES;
    }

    /** What of the rest of a job stands against it. */
    static List<Problem> check(Job job, ModelDescriptor model) {
        List<Problem> problems = new ArrayList<>();
        if (!isOn(job)) {
            return problems;
        }
        if (layers(model.select(job.adapter().targetModules())).isEmpty()) {
            problems.add(problem("none of the target modules belongs to a numbered layer", "Write none"));
        }
        if (ControlVariates.of(job).isPresent()) {
            problems.add(problem(
                    "control variates need agents that all train the same tensors", "Write control-variates: none"));
        }
        if (job.privacy().unit().equals("client")) {
            problems.add(problem(
                    "agents would send different tensors, so the clipped sum does not bound what one contributes",
                    "Write none, or use unit: example"));
        }
        return problems;
    }

    private static Problem problem(String message, String fix) {
        return new Problem("aggregation.configurator", 0, "legend: " + message, fix);
    }

    /** The job with the ranks of its layers; as it is where they are all the same. */
    static Job configured(FederatedMethod method, Job job, ModelDescriptor model) {
        AdapterConfig adapter = job.adapter();
        AdapterKind kind = AdapterKind.of(method.adapter(job));
        if (!isOn(job)
                || !kind.hasFactors()
                || kind.hasCore()
                || !adapter.rankPattern().isEmpty()) {
            return job;
        }
        List<String> modules = model.select(adapter.targetModules());
        List<Integer> layers = List.copyOf(layers(modules));
        double slope = SLOPE.of(job)
                .map(Double::parseDouble)
                .orElse(layers.size() < 2 ? 0 : adapter.rank() / (2.0 * (layers.size() - 1)));
        SortedMap<String, Integer> ranks = new TreeMap<>();
        SortedMap<String, Double> alphas = new TreeMap<>(adapter.alphaPattern());
        for (String module : modules) {
            Layers.of(module).ifPresent(layer -> {
                int below = layers.size() - 1 - layers.indexOf(layer);
                int rank = (int) Math.max(1, Math.round(adapter.rank() - slope * below));
                if (rank != adapter.rank()) {
                    ranks.put(module, rank);
                    double whole = adapter.type().equals("rslora") ? Math.sqrt(rank) : rank;
                    alphas.put(module, adapter.scalingOf(module) * whole);
                }
            });
        }
        return job.withAdapter(new AdapterConfig(
                adapter.type(),
                adapter.rank(),
                adapter.alpha(),
                adapter.targetModules(),
                ranks,
                alphas,
                adapter.dropout(),
                adapter.modulesToSave(),
                adapter.initialisation()));
    }

    /** The plans of a round, each with the layers that its agent trains. */
    static SortedMap<AgentId, AgentTerms> added(SortedMap<AgentId, AgentTerms> plans, GlobalState state) {
        List<Integer> layers = List.copyOf(layers(modules(state.tensors().layout())));
        SortedMap<AgentId, Double> costs = costs(state);
        costs.keySet().retainAll(plans.keySet());
        double deadline = 2.0 * layers.size() * lowerQuartile(costs.values());
        SortedMap<AgentId, AgentTerms> chosen = new TreeMap<>();
        plans.forEach((agent, terms) -> {
            Double cost = costs.get(agent);
            int depth = cost == null ? layers.size() : depth(cost, deadline, layers.size());
            chosen.put(agent, depth == layers.size() ? terms : from(terms, layers.get(layers.size() - depth)));
        });
        return chosen;
    }

    private static double lowerQuartile(Collection<Double> costs) {
        List<Double> sorted = costs.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get((sorted.size() - 1) / 4);
    }

    /** How many layers an agent trains so that it is done at the deadline by its measured cost; at least one. */
    static int depth(double cost, double deadline, int layers) {
        return (int) Math.max(1, Math.min(layers, Math.floor(deadline / cost * (1 + 1e-9)) - layers));
    }

    private static AgentTerms from(AgentTerms terms, int layer) {
        List<Plan.Operation> operations = new ArrayList<>(terms.operations());
        operations.add(new Plan.Operation(
                AgentOperations.TRAIN_LAYERS, new TreeMap<>(Map.of(AgentOperations.FROM, String.valueOf(layer)))));
        return new AgentTerms(terms.adapter(), terms.tensors(), operations);
    }

    /** Whether an agent with these terms trains a module. */
    static boolean trains(AgentTerms terms, String module) {
        return terms.operations().stream()
                .filter(operation -> operation.name().equals(AgentOperations.TRAIN_LAYERS))
                .map(operation -> operation.parameters().get(AgentOperations.FROM))
                .allMatch(from -> from == null || Layers.trains(module, Integer.parseInt(from)));
    }

    /** Remembers what the agents' trainings cost. */
    static void remember(GlobalState state, List<ReceivedUpdate> received, NextState next) {
        int layers = layers(modules(state.tensors().layout())).size();
        SortedMap<AgentId, Double> costs = costs(state);
        for (ReceivedUpdate update : received) {
            int depth = layers(modules(update.tensors().layout())).size();
            double fresh = update.seconds() / (layers + depth);
            if (fresh > 0) { // not of one that told no time
                costs.merge(update.agent(), fresh, (old, now) -> KEPT * old + (1 - KEPT) * now);
            }
        }
        next.remember(
                COSTS,
                costs.entrySet().stream()
                        .map(entry -> entry.getKey().value() + "=" + entry.getValue())
                        .collect(Collectors.joining(",")));
    }

    private static SortedMap<AgentId, Double> costs(GlobalState state) {
        SortedMap<AgentId, Double> costs = new TreeMap<>();
        for (String entry : state.ref().methodState().getOrDefault(COSTS, "").split(",")) {
            int at = entry.indexOf('=');
            if (at > 0) {
                costs.put(new AgentId(entry.substring(0, at)), Double.parseDouble(entry.substring(at + 1)));
            }
        }
        return costs;
    }

    private static List<String> modules(Layout layout) {
        return layout.names().stream()
                .map(TensorName::parse)
                .map(TensorName::module)
                .toList();
    }

    private static SortedSet<Integer> layers(Collection<String> modules) {
        SortedSet<Integer> layers = new TreeSet<>();
        modules.forEach(module -> Layers.of(module).ifPresent(layers::add));
        return layers;
    }
}
