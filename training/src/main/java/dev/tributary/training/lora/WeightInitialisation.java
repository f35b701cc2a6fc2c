package dev.tributary.training.lora;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.Tensors;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.Torch;
import java.util.Collection;
import java.util.Objects;
import java.util.SortedMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Initial values that are computed from the base weight W, so only someone who holds the model can make them. Equal
 * weights give equal values: the signs of singular vectors are fixed.
 *
 * <ul>
 *   <li>PiSSA (Meng et al. 2024): B = U·√(Σ/s), A = √(Σ/s)·Vᵀ of the r largest singular values;
 *   <li>OLoRA (Büyükakyüz 2024): B and A are the first r columns of Q and rows of R in W = Q·R;
 *   <li>LoRA-XS (Bałazy et al. 2024): B = U·Σ, A = Vᵀ, R = 0;
 *   <li>DoRA (Liu et al. 2024): magnitudes are the norms of the rows of W.
 * </ul>
 *
 * @param tensors the tensors that depend on W
 * @param fold what the base must grow by so that the adapted model is the unmodified one: −s·B and A for PiSSA and OLoRA,
 *     empty for the others
 */
public record WeightInitialisation(Tensors tensors, Tensors fold) {

    /** Values for every one of {@code modules} that {@code config} says begin from W; none for plain LoRA. */
    public static WeightInitialisation of(AdapterConfig config, Collection<Linear> modules) {
        Tensors.Builder tensors = Tensors.builder();
        Tensors.Builder fold = Tensors.builder();
        for (Linear module : modules) {
            try (PointerScope scope = new PointerScope();
                    NoGradGuard noGradients = new NoGradGuard()) {
                if (begins(config, "pissa") || begins(config, "olora")) {
                    int rank = config.rankOf(module.path());
                    double scaling = config.scalingOf(module.path());
                    Factors factors = begins(config, "pissa")
                            ? pissa(module.weight(), rank, scaling)
                            : olora(module.weight(), rank);
                    put(tensors, module, TensorRole.LORA_A, factors.a());
                    put(tensors, module, TensorRole.LORA_B, factors.b());
                    put(fold, module, TensorRole.FOLD_P, factors.b().mul(new Scalar(-scaling)));
                    put(fold, module, TensorRole.FOLD_Q, factors.a());
                } else if (config.type().equals("lora-xs")) {
                    int rank = config.rankOf(module.path());
                    Factors factors = largest(module.weight(), rank);
                    put(tensors, module, TensorRole.LORA_A, factors.a());
                    put(tensors, module, TensorRole.LORA_B, factors.b());
                    put(tensors, module, TensorRole.LORA_R, torch.zeros(rank, rank));
                } else if (config.type().equals("dora")) {
                    Tensor norms = module.weight().norm(new ScalarOptional(new Scalar(2.0)), 1);
                    put(tensors, module, TensorRole.MAGNITUDE, norms);
                }
            }
        }
        return new WeightInitialisation(tensors.build(), fold.build());
    }

    /**
     * B = U, R = Σ and A = Vᵀ of the largest singular values of a step of each module's weight.
     *
     * @param steps (out, in) of every module, row-major
     * @param widths in of every module
     */
    public static Tensors ofSteps(
            AdapterConfig config, SortedMap<String, float[]> steps, SortedMap<String, Integer> widths) {
        Tensors.Builder tensors = Tensors.builder();
        steps.forEach((module, values) -> {
            try (PointerScope scope = new PointerScope();
                    NoGradGuard noGradients = new NoGradGuard()) {
                int in = Objects.requireNonNull(widths.get(module));
                Factors factors = largest(Torch.of(values, values.length / in, in), config.rankOf(module));
                Tensor sizes = factors.b().norm(new ScalarOptional(new Scalar(2.0)), 0); // Σ, as U has unit columns
                put(tensors, module, TensorRole.LORA_A, factors.a());
                put(tensors, module, TensorRole.LORA_B, factors.b().div(sizes));
                put(tensors, module, TensorRole.LORA_R, torch.diag(sizes));
            }
        });
        return tensors.build();
    }

    /** PEFT says it by init_lora_weights, job files by the type. */
    private static boolean begins(AdapterConfig config, String name) {
        return config.type().equals(name) || config.initialisation().equals(name);
    }

    /** A (r, in) and B (out, r). */
    private record Factors(Tensor a, Tensor b) {}

    private static Factors pissa(Tensor weight, int rank, double scaling) {
        Factors svd = largest(weight, rank);
        Tensor values = svd.b().norm(new ScalarOptional(new Scalar(2.0)), 0); // Σ, as U has unit columns
        Tensor roots = values.div(new Scalar(scaling)).sqrt();
        return new Factors(svd.a().mul(roots.unsqueeze(1)), svd.b().div(values).mul(roots));
    }

    private static Factors olora(Tensor weight, int rank) {
        T_TensorTensor_T qr = torch.linalg_qr(weight);
        Tensor q = new Tensor(qr.get0()); // (out, k)
        Tensor r = new Tensor(qr.get1()); // (k, in)
        return new Factors(r.narrow(0, 0, rank), q.narrow(1, 0, rank));
    }

    /** Vᵀ and U·Σ of the {@code rank} largest singular values; each column of U has its largest entry positive. */
    private static Factors largest(Tensor weight, int rank) {
        T_TensorTensorTensor_T svd = torch.linalg_svd(weight, false, new StringViewOptional());
        Tensor u = new Tensor(svd.get0()).narrow(1, 0, rank); // (out, r)
        Tensor values = new Tensor(svd.get1()).narrow(0, 0, rank); // (r)
        Tensor v = new Tensor(svd.get2()).narrow(0, 0, rank); // (r, in)
        float[] columns = Torch.floats(u);
        float[] signs = new float[rank];
        for (int c = 0; c < rank; c++) {
            float extreme = 0;
            for (int i = c; i < columns.length; i += rank) {
                extreme = Math.abs(columns[i]) > Math.abs(extreme) ? columns[i] : extreme;
            }
            signs[c] = extreme < 0 ? -1 : 1;
        }
        Tensor sign = Torch.of(signs, rank);
        return new Factors(v.mul(sign.unsqueeze(1)), u.mul(values).mul(sign));
    }

    private static void put(Tensors.Builder into, Linear module, TensorRole role, Tensor value) {
        put(into, module.path(), role, value);
    }

    private static void put(Tensors.Builder into, String module, TensorRole role, Tensor value) {
        String name = new TensorName(module, role).key();
        into.put(name, Torch.floats(value), AdapterTensors.shape(value));
    }
}
