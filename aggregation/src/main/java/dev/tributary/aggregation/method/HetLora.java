package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AdapterNeeds;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Selection;
import dev.tributary.aggregation.UpdateMethod;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Means;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.ProductTerms;
import dev.tributary.aggregation.engine.WeightedSums;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * HetLoRA: agents train the first rᵢ ranks; updates are padded with zeros and factors averaged with weights
 * ‖BᵢAᵢ‖_F / Σ‖BⱼAⱼ‖_F over the whole adapter. Ranks are pruned by the agents in the paper; here they are fixed.
 */
public final class HetLora implements UpdateMethod {

    private static final MethodCard CARD = MethodCard.named("hetlora", "HetLoRA")
            .paper("Cho et al. 2024, arXiv 2401.06432")
            .equation("pᵢ = ‖BᵢAᵢ‖_F / Σ‖BⱼAⱼ‖_F; Ā = Σ pᵢ·pad(Aᵢ), B̄ = Σ pᵢ·pad(Bᵢ)")
            .provenance("from a summary of the paper, and read in others' code")
            .heterogeneousRanks()
            .adapters(AdapterNeeds.PRODUCTS)
            .bytes("b·Σ rᵢ(in+out)", "b·Σ r(in+out)")
            .notes("Without the paper's regulariser and self-pruning of ranks.")
            .build();

    @Override
    public MethodCard card() {
        return CARD;
    }

    @Override
    public void initial(Job job, ModelDescriptor model, NextState next) {
        new InitialState(job, model).write(next, Set.of());
    }

    @Override
    public SortedMap<AgentId, AgentTerms> plans(GlobalState state, Job job, List<AgentProfile> cohort) {
        return Nested.plans(state, cohort, () -> FedAvg.factors(job));
    }

    @Override
    public Optional<Selection> selection(GlobalState state, Job job, AgentId agent, AdapterConfig config) {
        return Nested.padded(state, config);
    }

    @Override
    public void after(GlobalState state, Job job, List<ReceivedUpdate> updates, NextState next) {
        Map<AgentId, Double> norms = norms(state, updates);
        boolean silent = norms.values().stream().allMatch(n -> n == 0);
        WeightedSums factors = new WeightedSums(
                state.config(), updates, Map.of(), u -> silent ? u.examples() : norms.getOrDefault(u.agent(), 0.0));
        List<String> all = Parts.names(state, role -> true);
        try (SafetensorsWriter adapter = next.part(InitialState.ADAPTER, Means.layout(state.tensors(), all))) {
            Means.write(factors, state.tensors(), Parts.names(state, r -> !Parts.isHead(r)), adapter);
            Means.write(Parts.heads(state, updates), state.tensors(), Parts.names(state, Parts::isHead), adapter);
        }
    }

    private static Map<AgentId, Double> norms(GlobalState state, List<ReceivedUpdate> updates) {
        Map<AgentId, Double> norms = new HashMap<>();
        for (ReceivedUpdate update : updates) {
            double sum = 0;
            for (String module : Modules.with(state.tensors().layout(), TensorRole.LORA_B)) {
                ProductTerms terms = new ProductTerms();
                terms.add(
                        Matrix.read(
                                update.tensors(),
                                Modules.b(module),
                                update.config().scalingOf(module)),
                        Matrix.read(update.tensors(), Modules.a(module), 1));
                sum += Math.max(0, terms.gram()[0][0]);
            }
            norms.put(update.agent(), Double.isFinite(sum) ? Math.sqrt(sum) : 1);
        }
        return norms;
    }
}
