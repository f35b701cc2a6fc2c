package dev.tributary.aggregation.method;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.AdapterNeeds;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.MethodCard;
import dev.tributary.aggregation.MethodOption;
import dev.tributary.aggregation.NextState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.Selection;
import dev.tributary.aggregation.UpdateMethod;
import dev.tributary.aggregation.engine.Canonical;
import dev.tributary.aggregation.engine.Lapack;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Means;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.ProductTerms;
import dev.tributary.aggregation.engine.Products;
import dev.tributary.aggregation.engine.WeightedSums;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * LoRA-FAIR with a closed form: Ā is the mean, B̄ is corrected by the ΔB that brings (B̄ + ΔB)Ā nearest to Σ wᵢBᵢAᵢ, held
 * back by λ: ΔB = (Σ wᵢBᵢ(AᵢĀᵀ) − B̄ĀĀᵀ)(ĀĀᵀ + λ·tr(ĀĀᵀ)/r·I)⁻¹. Only r × r and (out, r) matrices appear.
 */
public final class LoraFair implements UpdateMethod {

    private static final double DEFICIENT = 1e-12;

    private static final MethodOption LAMBDA = MethodOption.number(
            "lambda", 0, 1e6, 0.01, "how strongly B is held to the mean; 0 corrects as far as Ā allows");

    private static final MethodOption SOLVER = MethodOption.choice(
            "solver",
            List.of("ridge", "sgd-cosine"),
            "ridge: closed form for the Frobenius distance; sgd-cosine: the paper's 1 − cosine + lambda·‖ΔB‖ by gradient"
                    + " steps from ΔB = 0");
    private static final MethodOption STEPS =
            MethodOption.integer("steps", 1, 100_000, "1000", "gradient steps of sgd-cosine");
    private static final MethodOption STEP_SIZE =
            MethodOption.number("step-size", 1e-9, 1e3, 0.01, "first step size of sgd-cosine");

    private static final MethodCard CARD = MethodCard.named("lora-fair", "LoRA-FAIR")
            .paper("Bian et al. 2025, arXiv 2411.14961")
            .equation("min over ΔB of ‖(B̄+ΔB)Ā − Σ wᵢBᵢAᵢ‖² + λ̃‖ΔB‖²")
            .provenance("objective from a summary of the paper; the Frobenius distance with its closed form is ours. Of"
                    + " sgd-cosine, the start at zero and the halving of steps that would make it worse are ours")
            .heterogeneousRanks()
            .adapters(AdapterNeeds.PRODUCTS)
            .bytes("b·Σ r(in+out)", "b·Σ r(in+out)")
            .options(LAMBDA, SOLVER, STEPS, STEP_SIZE)
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
        WeightedSums sums = new WeightedSums(state.config(), updates);
        Parts.writeModules(state, sums, next, (module, adapter) -> {
            adapter.write(
                    Modules.b(module),
                    corrected(state, job, sums, updates, module).toFloats());
            return List.of(Modules.b(module));
        });
    }

    private static Matrix corrected(
            GlobalState state, Job job, WeightedSums sums, List<ReceivedUpdate> updates, String module) {
        Matrix meanA = Means.matrix(sums, state.tensors(), Modules.a(module));
        Matrix meanB = Means.matrix(sums, state.tensors(), Modules.b(module));
        Matrix gram = Products.transposeSecond(meanA, meanA); // (r, r)
        double[] target = new double[meanB.values().length]; // Σ wᵢBᵢ(AᵢĀᵀ), (out, r)
        ProductTerms products = new ProductTerms();
        for (ReceivedUpdate update : updates) {
            double factor = update.weight()
                    * Canonical.factor(update.config(), state.config(), new TensorName(module, TensorRole.LORA_B));
            Matrix b = Matrix.read(update.tensors(), Modules.b(module), factor);
            Matrix a = Matrix.read(update.tensors(), Modules.a(module), 1);
            products.add(b, a);
            double[] term =
                    Products.multiply(b, Products.transposeSecond(a, meanA)).values();
            for (int i = 0; i < target.length; i++) {
                target[i] += term[i];
            }
        }
        Matrix ideal = new Matrix(meanB.rows(), meanB.columns(), target);
        double lambda = LAMBDA.numberOf(job);
        if (SOLVER.is(job, "sgd-cosine")) {
            double[] all = new double[products.size()];
            java.util.Arrays.fill(all, 1);
            return new CosineCorrection(ideal, gram, products.norm(all), lambda)
                    .correct(meanB, STEPS.integerOf(job, 1000), STEP_SIZE.numberOf(job));
        }
        Matrix residual = ideal.plus(-1, Products.multiply(meanB, gram));
        return meanB.plus(1, Products.multiply(residual, inverse(gram, lambda)));
    }

    /** (G + λ·tr(G)/r·I)⁻¹ of a symmetric positive semidefinite G; the pseudo-inverse where λ = 0 leaves it singular. */
    private static Matrix inverse(Matrix gram, double lambda) {
        Lapack.Svd svd = Lapack.svd(gram);
        int r = gram.rows();
        double trace = 0;
        for (double value : svd.sigma()) {
            trace += value;
        }
        double shift = lambda * trace / r;
        Matrix left = Matrix.zeros(r, r);
        for (int i = 0; i < r; i++) {
            for (int j = 0; j < r; j++) {
                double value = svd.sigma()[j] + shift;
                left.values()[i * r + j] =
                        value > DEFICIENT * svd.sigma()[0] ? svd.vt().get(j, i) / value : 0;
            }
        }
        return Products.transposeSecond(left, svd.u());
    }
}
