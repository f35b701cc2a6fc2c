package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.DType;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.aggregation.engine.Means;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Problem;
import dev.tributary.plan.StateRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * SCAFFOLD (Karimireddy et al. 2020, arXiv 1910.06378) on any method whose agents all train the same tensors: every agent
 * trains against its drift cᵢ − c from the others. Where all agents take the same H steps of rate η, C = Hη·c is the way
 * of a whole round along the mean gradient, and an agent's new Cᵢ⁺ = Cᵢ − C + θ − θᵢ follows from what it sends anyway:
 * C ← C + |S|/N·Σ wᵢ(Cᵢ⁺ − Cᵢ) = C + |S|/N·(θ − θ̄ − C), with nothing more on the way up, and of sums alone. Weights are
 * by examples, as in the mean, so that C stays Σ wᵢCᵢ.
 *
 * @param share |S|/N, the share of the agents in a round
 */
public record ControlVariates(double share) {

    private static final MethodOption KIND = MethodOption.choice(
            "control-variates",
            List.of("none", "scaffold"),
            "what agents that drift apart are corrected by; scaffold needs training.max-steps, the same for all agents");

    /** Keys under {@code aggregation} of every method that allows it. */
    public static final List<MethodOption> OPTIONS = List.of(KIND);

    /** The job's, if it has them. */
    static Optional<ControlVariates> of(Job job) {
        return KIND.is(job, "scaffold")
                ? Optional.of(new ControlVariates(job.cohort().fraction()))
                : Optional.empty();
    }

    /** What of the rest of a job stands against them. */
    static List<Problem> check(Job job) {
        List<Problem> problems = new ArrayList<>();
        if (of(job).isEmpty()) {
            return problems;
        }
        if (job.training().maxSteps() == 0) {
            problems.add(new Problem(
                    "aggregation.control-variates",
                    0,
                    "scaffold compares the ways that agents went, and with training.epochs those with more data go further",
                    "Write training.max-steps, the number of steps that every agent takes in a round"));
        }
        if (job.privacy().unit().equals("example")) {
            problems.add(new Problem(
                    "aggregation.control-variates",
                    0,
                    "scaffold is not carried out with privacy.unit: example",
                    "Write none, or remove it"));
        }
        return problems;
    }

    /** The terms with the agent's part; an agent of smaller rank trains without it. */
    static AgentTerms added(AgentTerms terms, AdapterConfig whole) {
        if (!terms.adapter().equals(whole)) {
            return terms;
        }
        List<Plan.Operation> operations = new ArrayList<>(terms.operations());
        operations.add(new Plan.Operation(AgentOperations.CONTROL_VARIATE, new TreeMap<>()));
        return new AgentTerms(terms.adapter(), terms.tensors(), operations);
    }

    /** Writes C after a round; that of tensors that nobody trained stays as it is. */
    void write(GlobalState state, Sums sums, NextState next) {
        Layout layout = layout(state, tensor -> sums.layout().names().contains(tensor) || remembers(state, tensor));
        next.part(StateRef.CONTROL_VARIATES, layout, info -> {
            int end = info.name().length() - AgentOperations.CONTROL_SUFFIX.length();
            return after(state, sums, info.name().substring(0, end));
        });
    }

    /** Layout of the part for the tensors of a state that are trained. */
    static Layout layout(GlobalState state, Predicate<String> trained) {
        return Layout.of(state.tensors().layout().tensors().values().stream()
                .filter(info -> trained.test(info.name()))
                .map(info -> new TensorInfo(control(info.name()), DType.F32, info.shape()))
                .toList());
    }

    private float[] after(GlobalState state, Sums sums, String tensor) {
        float[] before = state.tensors().read(tensor);
        float[] control = remembers(state, tensor) ? state.memory().read(control(tensor)) : new float[before.length];
        if (sums.layout().names().contains(tensor)) {
            double[] mean = Means.of(sums, state.tensors(), tensor);
            for (int i = 0; i < control.length; i++) {
                control[i] = (float) (control[i] + share * (before[i] - mean[i] - control[i]));
            }
        }
        return control;
    }

    private static boolean remembers(GlobalState state, String tensor) {
        return state.memory().layout().names().contains(control(tensor));
    }

    private static String control(String tensor) {
        return tensor + AgentOperations.CONTROL_SUFFIX;
    }
}
