package dev.tributary.privacy.dp;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.privacy.noise.BitSource;
import dev.tributary.privacy.noise.DiscreteGaussian;
import dev.tributary.privacy.noise.Grid;

/**
 * The Gaussian mechanism on a sum of clipped vectors: put on a grid, integer noise added, divided by a public constant.
 *
 * <p>A contribution that is put on the grid by itself keeps its norm within C, so noise of z·C is a multiplier of z
 * ({@link #ofSeparateContributions}). A sum that was added up in floating point before it reaches the grid moves by at
 * most C plus one step a coordinate when a unit comes or goes; the noise is made larger for that
 * ({@link #ofFloatingSum}), about 0.1 % for a million coordinates. Rounding inside the floating sum itself is not
 * covered.
 *
 * @param grid chosen from the clipping norm alone
 * @param noise its σ, in grid steps
 */
public record NoisySum(Grid grid, DiscreteGaussian noise) {
    /** Below this many steps the discrete Gaussian is not accounted as the continuous one. */
    private static final double LEAST_STEPS = 4;

    public NoisySum {
        if (noise.sigma() < LEAST_STEPS) {
            throw new IllegalArgumentException(
                    "noise must be at least " + LEAST_STEPS + " grid steps wide, was " + noise.sigma());
        }
    }

    /**
     * Contributions that each went through {@link Grid#quantise}, after clipping, before they were added.
     *
     * @param clip largest norm of one contribution
     * @param noiseMultiplier σ relative to {@code clip}
     */
    public static NoisySum ofSeparateContributions(double clip, double noiseMultiplier) {
        return of(clip, noiseMultiplier, 0);
    }

    /**
     * Contributions that were clipped and added up as floating-point numbers.
     *
     * @param coordinates of the whole vector
     */
    public static NoisySum ofFloatingSum(double clip, double noiseMultiplier, long coordinates) {
        if (coordinates < 1) {
            throw new IllegalArgumentException("coordinates must be >= 1, was " + coordinates);
        }
        return of(clip, noiseMultiplier, Math.sqrt(coordinates));
    }

    private static NoisySum of(double clip, double noiseMultiplier, double extraSteps) {
        Clipping.requirePositive(clip);
        if (!(noiseMultiplier > 0 && noiseMultiplier < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("noise multiplier must be > 0 and finite, was " + noiseMultiplier);
        }
        Grid grid = Grid.forClip(clip);
        double sensitivity = clip / grid.step() + extraSteps;
        return new NoisySum(grid, DiscreteGaussian.atLeast(noiseMultiplier * sensitivity * (1 + 0x1p-50)));
    }

    /** σ of the noise in the data's own unit, before any division. */
    public double sigma() {
        return noise.sigma() * grid.step();
    }

    /**
     * The sum with noise, divided by {@code denominator}.
     *
     * @param denominator a public constant, such as the expected batch; dividing by what was realised is a second query
     */
    public float[] release(float[] sum, double denominator, BitSource bits) {
        return release(grid.quantise(sum), denominator, bits);
    }

    /** The same for a sum in grid steps, which is overwritten with the noisy one. */
    public float[] release(long[] sum, double denominator, BitSource bits) {
        requireDenominator(denominator);
        noise.addTo(sum, bits);
        double scale = grid.step() / denominator;
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] * scale);
        }
        return mean;
    }

    /** The same for all tensors of a message. */
    public Tensors release(TensorSource sum, double denominator, BitSource bits) {
        Tensors.Builder builder = Tensors.builder();
        for (TensorInfo info : sum.layout().tensors().values()) {
            float[] noisy = release(sum.read(info.name()), denominator, bits);
            builder.put(new TensorInfo(info.name(), DType.F32, info.shape()), noisy);
        }
        return builder.build();
    }

    private static void requireDenominator(double denominator) {
        if (!(denominator > 0 && denominator < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("denominator must be > 0 and finite, was " + denominator);
        }
    }
}
