package dev.tributary.training.engine;

import dev.tributary.plan.Metrics;
import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Device;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.bytedeco.pytorch.global.torch;

/** Watches the memory of GPUs during one piece of work; on the processor it does nothing. */
record DeviceMemory(List<Device> gpus) implements AutoCloseable {

    private static final String PEAK = "peakDeviceBytes";

    static DeviceMemory of(List<Device> devices) {
        List<Device> gpus = devices.stream().filter(Device::isCuda).toList();
        gpus.forEach(gpu -> torch.resetPeakStats((byte) gpu.index()));
        return new DeviceMemory(gpus);
    }

    /** Adds {@code peakDeviceBytes}, the most that tensors have taken on one GPU since the beginning. */
    Metrics addTo(Metrics metrics) {
        if (gpus.isEmpty()) {
            return metrics;
        }
        TreeMap<String, Double> values = new TreeMap<>(metrics.values());
        long peak = gpus.stream()
                .mapToLong(gpu -> torch.getDeviceStats((byte) gpu.index())
                        .allocated_bytes()
                        .peak())
                .max()
                .orElseThrow();
        values.put(PEAK, (double) peak);
        return new Metrics(metrics.examples(), values);
    }

    /** What libtorch says of memory or of a broken GPU, in words that help; everything else as it is. */
    static RuntimeException explained(RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("CUDA out of memory")) {
            int end = message.indexOf("If reserved but unallocated");
            return new TrainingException(
                    (end < 0 ? firstLine(message) : message.substring(0, end).strip())
                            + " Lower training.batch-size or task.max-length, or set"
                            + " training.gradient-checkpointing: true, or training.base-dtype: bf16",
                    e);
        }
        if (message.toLowerCase(Locale.ROOT).contains("cuda error")) {
            return new TrainingException(
                    "the GPU failed: " + firstLine(message)
                            + ". Look at nvidia-smi and the kernel's log; the agent must" + " be restarted",
                    e);
        }
        return e;
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse(message);
    }

    /** Gives what is cached back to the driver, for other processes. */
    @Override
    public void close() {
        if (!gpus.isEmpty()) {
            torch.emptyCache();
        }
    }
}
