package dev.tributary.training.engine;

import dev.tributary.plan.Job;
import dev.tributary.training.TrainingException;
import dev.tributary.training.optim.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How a dataset falls into batches, and batches into optimiser steps. The last batch and step of an epoch may be small. */
final class BatchPlan {

    private final int size;
    private final Job.Training settings;

    BatchPlan(int size, Job.Training settings) {
        this.size = size;
        this.settings = settings;
        positive("batch-size", settings.batchSize());
        positive("gradient-accumulation", settings.gradientAccumulation());
        if (settings.maxSteps() <= 0) {
            positive("epochs", settings.epochs());
        }
    }

    private static void positive(String key, int value) {
        if (value < 1) {
            throw new TrainingException("training." + key + " must be ≥ 1, was " + value);
        }
    }

    private long batchesPerEpoch() {
        return ceil(size, settings.batchSize());
    }

    private long stepsPerEpoch() {
        return ceil(batchesPerEpoch(), settings.gradientAccumulation());
    }

    long totalSteps() {
        return settings.maxSteps() > 0 ? settings.maxSteps() : settings.epochs() * stepsPerEpoch();
    }

    long totalBatches() {
        long wholeEpochs = totalSteps() / stepsPerEpoch();
        long rest = totalSteps() % stepsPerEpoch();
        return wholeEpochs * batchesPerEpoch() + rest * settings.gradientAccumulation();
    }

    private static long ceil(long a, long b) {
        return (a + b - 1) / b;
    }

    /** One epoch in random order: optimiser steps of batches of indices. */
    List<List<int[]>> epoch(SeededRandom random) {
        int[] order = random.permutation(size);
        List<int[]> batches = new ArrayList<>();
        for (int from = 0; from < size; from += settings.batchSize()) {
            batches.add(Arrays.copyOfRange(order, from, Math.min(size, from + settings.batchSize())));
        }
        List<List<int[]>> steps = new ArrayList<>();
        for (int from = 0; from < batches.size(); from += settings.gradientAccumulation()) {
            steps.add(batches.subList(from, Math.min(batches.size(), from + settings.gradientAccumulation())));
        }
        return steps;
    }
}
