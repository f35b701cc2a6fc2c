package dev.tributary.agent.operation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.plan.Plan;
import dev.tributary.plan.StateRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Contexts and tensors for tests of operations. */
final class Operations {

    static final String MODULE = "layer.0.query";
    static final String A = MODULE + ".lora_A.weight";
    static final String B = MODULE + ".lora_B.weight";
    static final int OUT = 5;
    static final int IN = 7;

    private static final AgentOperation.Starts NO_STARTS = new AgentOperation.Starts() {
        @Override
        public Tensors fromBase(AdapterConfig adapter) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Tensors fromStep(TensorSource start, double size) {
            throw new UnsupportedOperationException();
        }
    };

    private Operations() {}

    static AgentOperation.Context context(AdapterConfig adapter, TensorSource beside, Map<String, String> parameters) {
        Plan.Train plan = new Plan.Train(
                new Plan.Header("p", new JobId("job-1"), 1, 1, Instant.EPOCH),
                new Plan.ModelState(
                        "model",
                        "00",
                        "00",
                        new Job.Task("causal-lm", List.of(), "texts", 64, "mean"),
                        adapter,
                        new StateRef(0, new TreeMap<>(), List.of(), new TreeMap<>())),
                List.of(),
                List.of(),
                new Job.Training(1, 0, 16, 1, 1e-3, 5e-3, "adamw", 0.01, 0, 0, "constant", 0),
                "fp32",
                1);
        ModelDescriptor model = new ModelDescriptor(
                "model", "Test", "00", "00", new TreeMap<>(Map.of(MODULE, new LinearShape(OUT, IN))), IN, 64);
        return new AgentOperation.Context(plan, model, beside, Optional.empty(), NO_STARTS, new TreeMap<>(parameters));
    }

    /** A and B of normal values, and a head. */
    static Tensors factors(int rank, long seed) {
        Random random = new Random(seed);
        return Tensors.builder()
                .put(A, normal(rank * IN, random), rank, IN)
                .put(B, normal(OUT * rank, random), OUT, rank)
                .put("classifier.weight", normal(2 * IN, random), 2, IN)
                .build();
    }

    private static float[] normal(int size, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** left (rows, r) · right (r, columns). */
    static double[] product(float[] left, float[] right, int rows, int r, int columns) {
        double[] result = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < r; k++) {
                for (int j = 0; j < columns; j++) {
                    result[i * columns + j] += (double) left[i * r + k] * right[k * columns + j];
                }
            }
        }
        return result;
    }

    static double[] product(TensorSource tensors) {
        int rank = tensors.layout().get(A).shape().get(0);
        return product(tensors.read(B), tensors.read(A), OUT, rank, IN);
    }

    static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }
}
