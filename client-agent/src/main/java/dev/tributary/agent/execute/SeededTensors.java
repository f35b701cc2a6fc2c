package dev.tributary.agent.execute;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Starting values drawn from a seed, as PEFT initialises them: A uniform in ±1/√in (Kaiming with a = √5), B and the core
 * R zero, heads uniform in ±1/√in with bias zero, VeRA's d 0.1 and b zero. Each tensor has a stream of its own, keyed by
 * seed and name, so that values depend neither on order nor on which other tensors are drawn.
 */
final class SeededTensors {

    private final ModelDescriptor model;
    private final AdapterConfig adapter;
    private final Job.Task task;
    private final long seed;

    SeededTensors(ModelDescriptor model, AdapterConfig adapter, Job.Task task, long seed) {
        this.model = model;
        this.adapter = adapter;
        this.task = task;
        this.seed = seed;
    }

    /** Adds all tensors of a role. @throws RefusedException for a role that needs more than a seed */
    void draw(TensorRole role, Tensors.Builder into) {
        switch (role) {
            case WEIGHT, BIAS -> drawHeads(role, into);
            case LORA_A, LORA_B, LORA_R, VERA_D, VERA_B -> {
                for (String module : model.select(adapter.targetModules())) {
                    TensorInfo info = expected(module, role);
                    into.put(info, values(role, info));
                }
            }
            default -> throw new RefusedException("bad-plan", "tensors of role " + role + " cannot come from a seed");
        }
    }

    private void drawHeads(TensorRole role, Tensors.Builder into) {
        if (!task.isClassification()) {
            return;
        }
        for (String module : adapter.modulesToSave()) {
            String key = new TensorName(module, role).key();
            int labels = task.labels().size();
            TensorInfo info = role == TensorRole.BIAS
                    ? TensorInfo.f32(key, labels)
                    : TensorInfo.f32(key, labels, model.hiddenSize());
            into.put(info, values(role, info));
        }
    }

    /** Name and shape that a tensor of the adapter must have. */
    private TensorInfo expected(String module, TensorRole role) {
        ModelDescriptor.LinearShape shape = model.linearModules().get(module);
        if (shape == null) {
            throw new RefusedException("bad-plan", "base model '" + model.name() + "' has no linear module " + module);
        }
        return TensorInfo.f32(new TensorName(module, role).key(), dimensions(role, shape, adapter.rankOf(module)));
    }

    static int[] dimensions(TensorRole role, ModelDescriptor.LinearShape shape, int rank) {
        return switch (role) {
            case LORA_A -> new int[] {rank, shape.in()};
            case LORA_B -> new int[] {shape.out(), rank};
            case LORA_R -> new int[] {rank, rank};
            case VERA_D -> new int[] {rank};
            case VERA_B, MAGNITUDE -> new int[] {shape.out()};
            default -> throw new IllegalArgumentException(role + " is not a tensor of an adapted module");
        };
    }

    private float[] values(TensorRole role, TensorInfo info) {
        float[] values = new float[Math.toIntExact(info.elements())];
        if (role == TensorRole.VERA_D) {
            java.util.Arrays.fill(values, 0.1f);
        } else if (role == TensorRole.LORA_A || role == TensorRole.WEIGHT) {
            List<Integer> shape = info.shape();
            uniform(values, 1 / Math.sqrt(shape.get(1)), key(info.name()));
        }
        return values;
    }

    private long key(String name) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(("tributary-seeded-tensor-1\n" + seed + "\n" + name).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SplitMix64 (Steele, Lea, Flood 2014), 24 bits to a value. */
    private static void uniform(float[] values, double bound, long key) {
        long state = key;
        for (int i = 0; i < values.length; i++) {
            state += 0x9E3779B97F4A7C15L;
            long z = state;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
            values[i] = (float) (bound * (2 * ((z >>> 40) * 0x1p-24) - 1));
        }
    }
}
