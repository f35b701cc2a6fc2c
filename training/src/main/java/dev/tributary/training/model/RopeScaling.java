package dev.tributary.training.model;

/** The frequencies of rotary embeddings and the ways in which models stretch them to longer texts. */
final class RopeScaling {

    private RopeScaling() {}

    /** 1 / θ^(2i/d). */
    static float[] plain(int headSize, double theta) {
        float[] frequencies = new float[headSize / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) (1 / Math.pow(theta, (float) (2 * i) / headSize));
        }
        return frequencies;
    }

    /** Position interpolation (Chen et al. 2023). */
    static float[] linear(float[] plain, ModelConfig scaling) {
        double factor = factor(scaling, Double.NaN);
        float[] scaled = plain.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (scaled[i] / factor);
        }
        return scaled;
    }

    /** Llama 3.1: long waves are stretched, short ones kept, those between interpolated. */
    static float[] llama3(float[] plain, ModelConfig scaling) {
        double factor = factor(scaling, Double.NaN);
        double low = scaling.number("low_freq_factor", 1);
        double high = scaling.number("high_freq_factor", 4);
        double context = scaling.positive("original_max_position_embeddings");
        float[] scaled = plain.clone();
        for (int i = 0; i < scaled.length; i++) {
            double wave = 2 * Math.PI / plain[i];
            if (wave > context / low) {
                scaled[i] = (float) (plain[i] / factor);
            } else if (wave >= context / high) {
                double smooth = (context / wave - low) / (high - low);
                scaled[i] = (float) ((1 - smooth) * plain[i] / factor + smooth * plain[i]);
            }
        }
        return scaled;
    }

    /** YaRN (Peng et al. 2023). */
    static Rope yarn(int headSize, double theta, int maxPositions, ModelConfig scaling) {
        double original = scaling.positive("original_max_position_embeddings", maxPositions);
        double factor = factor(scaling, maxPositions / original);
        double low = turns(scaling.number("beta_fast", 32), headSize, theta, original);
        double high = turns(scaling.number("beta_slow", 1), headSize, theta, original);
        if (scaling.flag("truncate", true)) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, headSize - 1);
        if (low == high) {
            high += 0.001;
        }
        float[] frequencies = plain(headSize, theta);
        for (int i = 0; i < frequencies.length; i++) {
            double stretched = Math.min(1, Math.max(0, (i - low) / (high - low)));
            frequencies[i] = (float) (frequencies[i] / factor * stretched + frequencies[i] * (1 - stretched));
        }
        return new Rope(headSize, frequencies, amplitude(factor, scaling));
    }

    /** The dimension that turns {@code rotations} times within the original context. */
    private static double turns(double rotations, int headSize, double theta, double original) {
        return headSize * Math.log(original / (rotations * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    private static double amplitude(double factor, ModelConfig scaling) {
        if (scaling.has("attention_factor")) {
            return scaling.number("attention_factor", 1);
        }
        double all = scaling.number("mscale_all_dim", 0);
        if (scaling.has("mscale") && all != 0) {
            return magnitude(factor, scaling.number("mscale", 1)) / magnitude(factor, all);
        }
        return magnitude(factor, 1);
    }

    private static double magnitude(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    private static double factor(ModelConfig scaling, double otherwise) {
        double factor = scaling.number("factor", otherwise);
        if (!(factor >= 1)) {
            throw scaling.problem("factor must be ≥ 1, was " + factor);
        }
        return factor;
    }
}
