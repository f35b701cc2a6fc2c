package dev.tributary.agent.operation;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.AgentOperations;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** {@link AgentOperations#ALIGN_TO_REFERENCE}: factors are turned towards those that training began with. */
final class AlignToReference implements AgentOperation {

    private static final Set<String> PARAMETERS = Set.of(AgentOperations.FACTOR, AgentOperations.SOFTNESS);

    @Override
    public String name() {
        return AgentOperations.ALIGN_TO_REFERENCE;
    }

    @Override
    public List<String> check(SortedMap<String, String> parameters) {
        List<String> problems = FactorParameter.problems(name(), parameters, PARAMETERS);
        double softness = number(parameters.getOrDefault(AgentOperations.SOFTNESS, ""));
        if (!(softness >= 0 && softness <= 1)) {
            problems.add(name() + ": softness must be a number from 0 to 1, was '"
                    + parameters.getOrDefault(AgentOperations.SOFTNESS, "") + "'");
        }
        return problems;
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    @Override
    public TensorSource after(Context context, TensorSource start, TensorSource trained) {
        boolean byA = FactorParameter.isA(context.parameters());
        double softness = number(context.parameters().getOrDefault(AgentOperations.SOFTNESS, ""));
        Tensors.Builder result = Tensors.builder();
        for (TensorInfo info : trained.layout().tensors().values()) {
            TensorName name = TensorName.parse(info.name());
            if (name.role() == TensorRole.LORA_A) {
                rotate(name.module(), byA, softness, start, trained, result);
            } else if (name.role() != TensorRole.LORA_B) {
                result.put(info.name(), trained.read(info.name()), shape(info));
            }
        }
        return result.build();
    }

    private static void rotate(
            String module,
            boolean byA,
            double softness,
            TensorSource start,
            TensorSource trained,
            Tensors.Builder result) {
        TensorInfo infoA = info(trained, module, TensorRole.LORA_A); // (r, in)
        TensorInfo infoB = info(trained, module, TensorRole.LORA_B); // (out, r)
        float[] a = trained.read(infoA.name());
        float[] b = trained.read(infoB.name());
        int r = infoA.shape().get(0);
        int in = infoA.shape().get(1);
        int out = infoB.shape().get(0);
        double[] m = byA ? byRows(reference(start, infoA), a, r, in) : byColumns(reference(start, infoB), b, out, r);
        double[] rotation = Rotation.towards(m, r, softness);
        float[] turnedA = new float[a.length];
        double[] row = new double[in];
        for (int i = 0; i < r; i++) { // row i of RᵀA
            java.util.Arrays.fill(row, 0);
            for (int k = 0; k < r; k++) {
                double factor = rotation[k * r + i];
                for (int c = 0; c < in; c++) {
                    row[c] += factor * a[k * in + c];
                }
            }
            for (int c = 0; c < in; c++) {
                turnedA[i * in + c] = (float) row[c];
            }
        }
        float[] turnedB = new float[b.length];
        for (int o = 0; o < out; o++) {
            for (int j = 0; j < r; j++) {
                double sum = 0;
                for (int k = 0; k < r; k++) {
                    sum += b[o * r + k] * rotation[k * r + j];
                }
                turnedB[o * r + j] = (float) sum;
            }
        }
        result.put(infoA.name(), turnedA, shape(infoA));
        result.put(infoB.name(), turnedB, shape(infoB));
    }

    /** x₀·xᵀ of two (r, n) matrices. */
    private static double[] byRows(float[] before, float[] after, int r, int n) {
        double[] m = new double[r * r];
        for (int i = 0; i < r; i++) {
            for (int j = 0; j < r; j++) {
                double sum = 0;
                for (int c = 0; c < n; c++) {
                    sum += (double) before[i * n + c] * after[j * n + c];
                }
                m[i * r + j] = sum;
            }
        }
        return m;
    }

    /** x₀ᵀ·x of two (n, r) matrices. */
    private static double[] byColumns(float[] before, float[] after, int n, int r) {
        double[] m = new double[r * r];
        for (int o = 0; o < n; o++) {
            for (int i = 0; i < r; i++) {
                for (int j = 0; j < r; j++) {
                    m[i * r + j] += (double) before[o * r + i] * after[o * r + j];
                }
            }
        }
        return m;
    }

    private static float[] reference(TensorSource start, TensorInfo info) {
        TensorInfo before = start.layout().tensors().get(info.name());
        if (before == null || !before.shape().equals(info.shape())) {
            throw new IllegalArgumentException("training did not begin with a tensor " + info.name() + " of shape "
                    + info.shape() + " to align with");
        }
        return start.read(info.name());
    }

    private static TensorInfo info(TensorSource tensors, String module, TensorRole role) {
        TensorInfo info = tensors.layout().tensors().get(new TensorName(module, role).key());
        if (info == null) {
            throw new IllegalArgumentException(module + " has no " + role + ", which cannot be aligned then");
        }
        return info;
    }

    private static int[] shape(TensorInfo info) {
        return info.shape().stream().mapToInt(Integer::intValue).toArray();
    }
}
