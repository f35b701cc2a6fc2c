package dev.tributary.training.privacy;

import dev.tributary.privacy.audit.CanaryAudit;
import dev.tributary.privacy.dp.Clipping;
import dev.tributary.privacy.dp.UnitSampler;
import dev.tributary.privacy.noise.BitSource;
import dev.tributary.training.TrainingException;
import java.util.Arrays;

/**
 * Made-up examples by which a training checks its own noise ("Dirac canaries" of Steinke, Nasr, Jagielski,
 * arXiv:2305.08846). Each is included by a fair coin and then drawn into samples like any example; its gradient is the
 * clipping norm in one coordinate that no other canary has. A canary's score is the sum of the noisy gradients at its
 * coordinate, which is all that the training releases of it. They test sampling, clipping norm and noise as accounted, not
 * the norms of the real examples' gradients. Not thread-safe.
 */
public final class Canaries {

    private final int[] coordinates; // ascending
    private final boolean[] included;
    private final boolean[] drawn;
    private final double[] scores;
    private final float gradient;

    /**
     * @param coordinates numbers that are trained
     * @throws TrainingException if there are fewer of them than canaries
     */
    public Canaries(int count, long coordinates, double clip, BitSource bits) {
        if (count > coordinates) {
            throw new TrainingException("privacy.canaries is " + count + ", but the adapter has only " + coordinates
                    + " trained numbers, and every canary needs its own. Write at most " + coordinates);
        }
        int range = (int) Math.min(Integer.MAX_VALUE, coordinates);
        this.coordinates = UnitSampler.fixedSize(range, count, bits);
        this.included = new boolean[count];
        for (int i = 0; i < count; i++) {
            included[i] = bits.next() < 0;
        }
        this.drawn = new boolean[count];
        this.scores = new double[count];
        this.gradient = (float) (clip * Clipping.factor(clip, clip));
    }

    public int count() {
        return coordinates.length;
    }

    /**
     * Begins a step.
     *
     * @param sample ascending; members from {@code first} on are canaries, included or not
     */
    public void draw(int[] sample, int first) {
        Arrays.fill(drawn, false);
        for (int i = sample.length - 1; i >= 0 && sample[i] >= first; i--) {
            drawn[sample[i] - first] = included[sample[i] - first];
        }
    }

    /** Adds the drawn canaries' gradients to the coordinates from {@code from} on. */
    public void addTo(float[] sum, long from) {
        for (int i = firstFrom(from); i < count() && coordinates[i] < from + sum.length; i++) {
            if (drawn[i]) {
                sum[(int) (coordinates[i] - from)] += gradient;
            }
        }
    }

    /** Takes note of what was released for the coordinates from {@code from} on. */
    public void observe(float[] released, long from) {
        for (int i = firstFrom(from); i < count() && coordinates[i] < from + released.length; i++) {
            scores[i] += released[(int) (coordinates[i] - from)];
        }
    }

    /** Over all steps so far. Secret: it tells of the sample. */
    public CanaryAudit.Scores scores() {
        return new CanaryAudit.Scores(scores.clone(), included.clone());
    }

    private int firstFrom(long from) {
        int at = Arrays.binarySearch(coordinates, (int) Math.min(Integer.MAX_VALUE, from));
        return at < 0 ? -at - 1 : at;
    }
}
