package dev.tributary.training.model;

/**
 * One GPU as the driver describes it.
 *
 * @param index as CUDA counts, after {@code CUDA_VISIBLE_DEVICES}
 * @param memoryBytes all of it, used or not
 * @param major compute capability, as in 9.0
 */
public record Gpu(int index, String name, long memoryBytes, int major, int minor) {

    String capability() {
        return major + "." + minor;
    }

    @Override
    public String toString() {
        return "cuda:" + index + " " + name + " (" + (memoryBytes >> 30) + " GiB, compute capability " + capability()
                + ")";
    }
}
