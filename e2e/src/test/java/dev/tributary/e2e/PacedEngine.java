package dev.tributary.e2e;

import dev.tributary.agent.testing.ScriptedEngine;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** Pretends to train, slowly enough to be watched; its accuracy rises with what was "learnt". */
final class PacedEngine extends ScriptedEngine {
    private static final int BATCHES = 12;

    private final double level;
    private volatile long batchNanos;

    /** @param level of this site's accuracy at the end */
    PacedEngine(double level, long batchMillis) {
        super(modules(), BATCHES);
        this.level = level;
        this.batchNanos = batchMillis * 1_000_000;
    }

    private static TreeMap<String, LinearShape> modules() {
        TreeMap<String, LinearShape> modules = new TreeMap<>();
        for (int layer = 0; layer < 4; layer++) {
            for (String name : new String[] {"query", "key", "value"}) {
                modules.put("encoder.layer." + layer + ".attention.self." + name, new LinearShape(64, 64));
            }
        }
        return modules;
    }

    void pace(long batchMillis) {
        batchNanos = batchMillis * 1_000_000;
    }

    private ProgressListener paced(ProgressListener progress) {
        return (done, total) -> {
            LockSupport.parkNanos(batchNanos);
            progress.progress(done, total);
        };
    }

    @Override
    public Trained train(
            Workload work,
            Set<String> trainable,
            Job.Training settings,
            long seed,
            Dataset data,
            ProgressListener progress) {
        return super.train(work, trainable, settings, seed, data, paced(progress));
    }

    @Override
    public Metrics evaluate(Workload work, Dataset data, int batchSize, ProgressListener progress) {
        double sum =
                super.evaluate(work, data, batchSize, paced(progress)).values().get("loss");
        double learnt = 1 - Math.exp(-Math.max(0, sum - 258) / 16);
        TreeMap<String, Double> figures = new TreeMap<>();
        figures.put("accuracy", 0.55 + (level - 0.55) * learnt);
        figures.put("loss", 0.69 - 0.5 * learnt * level);
        return new Metrics(data.examples().size(), figures);
    }
}
