package dev.tributary.training.engine;

import dev.tributary.adapter.TensorSource;
import dev.tributary.training.model.Checkpoint;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.DeviceTensors;
import dev.tributary.training.model.FoldedTensors;
import dev.tributary.training.model.FrozenTensors;
import dev.tributary.training.model.HalfLinears;
import dev.tributary.training.model.ModelConfig;
import dev.tributary.training.model.family.Families;
import dev.tributary.training.model.family.Family;
import dev.tributary.training.tokenizer.TextTokenizer;
import dev.tributary.training.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frozen model of one directory: loaded once in a JVM, shared by all trainings, freed when the last engine that uses
 * it closes and the last lease has ended. Folded weights are kept for the few most recent fold keys.
 */
final class BaseModel {

    private static final int FOLDS_KEPT = 2;
    private static final Map<Key, BaseModel> OPEN = new HashMap<>();

    private static int lent; // guarded by OPEN: leases of all models, also of those that are closed already

    private final Key key;
    private final ModelConfig config;
    private final Family family;
    private final Checkpoint checkpoint;
    private final Map<String, DeviceTensors> onDevice = new HashMap<>(); // by dtype
    private final LinkedHashMap<String, FoldUse> folded = new LinkedHashMap<>(); // least recently used first
    private @Nullable TextTokenizer tokenizer;
    private int users; // guarded by OPEN
    private int leases; // guarded by OPEN

    /** A model and where it lives. */
    private record Key(Path directory, Device device) {}

    /** One fold key's weights and how many trainings work on them at this moment. */
    private static final class FoldUse {
        final FoldedTensors tensors;
        int users;

        FoldUse(FoldedTensors tensors) {
            this.tensors = tensors;
        }
    }

    private BaseModel(Key key) {
        this.key = key;
        this.config = ModelConfig.read(key.directory());
        this.family = Families.of(config);
        this.checkpoint = Checkpoint.open(key.directory());
    }

    /** Opens the model of {@code directory} or takes part in it; every call needs its own {@link #release()}. */
    static BaseModel acquire(Path directory, Device device) {
        Key key = new Key(directory.toAbsolutePath().normalize(), device);
        synchronized (OPEN) {
            BaseModel model = OPEN.get(key);
            if (model == null) {
                model = new BaseModel(key);
                OPEN.put(key, model);
            }
            model.users++;
            return model;
        }
    }

    void release() {
        synchronized (OPEN) {
            users--;
            closeIfUnused();
        }
    }

    private void endLease() {
        synchronized (OPEN) {
            leases--;
            lent--;
            closeIfUnused();
        }
    }

    /** A training left behind at the end of a process still works on the weights: the last one out frees them. */
    private void closeIfUnused() {
        if (users == 0) {
            OPEN.remove(key, this);
            if (leases == 0) {
                close();
            }
        }
    }

    /** Whether any thread of this JVM works on a model. */
    static boolean anyLent() {
        synchronized (OPEN) {
            return lent > 0;
        }
    }

    Path directory() {
        return key.directory();
    }

    ModelConfig config() {
        return config;
    }

    Family family() {
        return family;
    }

    /** As stored, on the processor. */
    FrozenTensors unfolded() {
        return checkpoint;
    }

    /**
     * The base with {@code folds} added; lends the weights until the lease is closed.
     *
     * @param dtype of the linear weights, {@code fp32} or {@code bf16}
     */
    Lease folded(String foldKey, List<TensorSource> folds, String dtype) {
        synchronized (OPEN) {
            leases++;
            lent++;
        }
        try {
            return lend(foldKey, folds, dtype);
        } catch (RuntimeException | Error e) {
            endLease();
            throw e;
        }
    }

    private synchronized Lease lend(String foldKey, List<TensorSource> folds, String dtype) {
        checkpoint.requireUnchanged();
        FrozenTensors base = tensors(dtype);
        if (folds.isEmpty()) {
            return new Lease(base, this::endLease);
        }
        if (foldKey.isEmpty()) {
            FoldedTensors own = new FoldedTensors(base, folds);
            return new Lease(own, () -> {
                own.close();
                endLease();
            });
        }
        String key = foldKey + " " + dtype;
        FoldUse use = folded.remove(key);
        if (use == null) {
            use = new FoldUse(new FoldedTensors(base, folds));
        }
        folded.put(key, use);
        use.users++;
        trim();
        FoldUse lentUse = use;
        return new Lease(lentUse.tensors, () -> {
            giveBack(lentUse);
            endLease();
        });
    }

    private FrozenTensors tensors(String dtype) {
        boolean half = dtype.equals("bf16");
        if (key.device().isCuda()) {
            return onDevice.computeIfAbsent(dtype, d -> new DeviceTensors(checkpoint, key.device(), half));
        }
        return half ? new HalfLinears(checkpoint) : checkpoint;
    }

    private synchronized void giveBack(FoldUse use) {
        use.users--;
        trim();
    }

    private void trim() {
        int excess = folded.size() - FOLDS_KEPT;
        for (var entries = folded.entrySet().iterator(); excess > 0 && entries.hasNext(); ) {
            FoldUse use = entries.next().getValue();
            if (use.users == 0) {
                entries.remove();
                use.tensors.close();
                excess--;
            }
        }
    }

    synchronized TextTokenizer tokenizer() {
        TextTokenizer known = tokenizer;
        if (known == null) {
            known = Tokenizers.load(key.directory());
            tokenizer = known;
        }
        return known;
    }

    private synchronized void close() {
        folded.values().forEach(use -> use.tensors.close());
        folded.clear();
        onDevice.values().forEach(DeviceTensors::close);
        onDevice.clear();
        checkpoint.close();
        if (tokenizer != null) {
            tokenizer.close();
        }
    }

    /** Weights lent to one piece of work. */
    record Lease(FrozenTensors tensors, Runnable giveBack) implements AutoCloseable {
        @Override
        public void close() {
            giveBack.run();
        }
    }
}
