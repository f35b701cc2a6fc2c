package dev.tributary.protocol.codec;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.plan.Job;
import dev.tributary.protocol.wire.Wire;

/** The parts of a job that travel in plans: task, training and adapter configuration. */
final class JobWire {

    private JobWire() {}

    static Wire.Task write(Job.Task task) {
        return Wire.Task.newBuilder()
                .setType(task.type())
                .addAllLabels(task.labels())
                .setDataset(task.dataset())
                .setMaxLength(task.maxLength())
                .setPooling(task.pooling())
                .build();
    }

    static Job.Task read(Wire.Task wire) {
        return new Job.Task(
                wire.getType(), wire.getLabelsList(), wire.getDataset(), wire.getMaxLength(), wire.getPooling());
    }

    static Wire.Training write(Job.Training training) {
        return Wire.Training.newBuilder()
                .setEpochs(training.epochs())
                .setMaxSteps(training.maxSteps())
                .setBatchSize(training.batchSize())
                .setGradientAccumulation(training.gradientAccumulation())
                .setLearningRate(training.learningRate())
                .setHeadLearningRate(training.headLearningRate())
                .setOptimizer(training.optimizer())
                .setWeightDecay(training.weightDecay())
                .setMomentum(training.momentum())
                .setGradientClipping(training.gradientClipping())
                .setSchedule(training.schedule())
                .setWarmup(training.warmup())
                .setProximalMu(training.proximalMu())
                .setLoraPlusRatio(training.loraPlusRatio())
                .setGradientCheckpointing(training.gradientCheckpointing())
                .setBaseDtype(training.baseDtype())
                .build();
    }

    static Job.Training read(Wire.Training wire) {
        return new Job.Training(
                wire.getEpochs(),
                wire.getMaxSteps(),
                wire.getBatchSize(),
                wire.getGradientAccumulation(),
                wire.getLearningRate(),
                wire.getHeadLearningRate(),
                wire.getOptimizer(),
                wire.getWeightDecay(),
                wire.getMomentum(),
                wire.getGradientClipping(),
                wire.getSchedule(),
                wire.getWarmup(),
                wire.getProximalMu(),
                wire.getLoraPlusRatio() == 0 ? 1 : wire.getLoraPlusRatio(), // absent from older coordinators
                wire.getGradientCheckpointing(),
                baseDtype(wire.getBaseDtype()));
    }

    static String baseDtype(String wire) {
        return wire.isEmpty() ? "fp32" : wire;
    }

    static Wire.AdapterConfig write(AdapterConfig config) {
        return Wire.AdapterConfig.newBuilder()
                .setType(config.type())
                .setRank(config.rank())
                .setAlpha(config.alpha())
                .addAllTargetModules(config.targetModules())
                .putAllRankPattern(config.rankPattern())
                .putAllAlphaPattern(config.alphaPattern())
                .setDropout(config.dropout())
                .addAllModulesToSave(config.modulesToSave())
                .setInitialisation(config.initialisation())
                .build();
    }

    static AdapterConfig read(Wire.AdapterConfig wire) {
        return new AdapterConfig(
                wire.getType(),
                wire.getRank(),
                wire.getAlpha(),
                wire.getTargetModulesList(),
                WireValues.sorted(wire.getRankPatternMap(), value -> value),
                WireValues.sorted(wire.getAlphaPatternMap(), value -> value),
                wire.getDropout(),
                wire.getModulesToSaveList(),
                wire.getInitialisation());
    }
}
