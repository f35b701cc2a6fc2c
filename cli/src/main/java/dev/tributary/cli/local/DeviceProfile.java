package dev.tributary.cli.local;

import dev.tributary.agent.config.AgentConfig;

/**
 * What a simulated site's machine can do.
 *
 * @param speed of training, in (0, 1]: 0.25 takes four times as long as this machine
 * @param maxRank largest adapter rank it accepts
 * @param dropOut probability that it fails at a training plan, in [0, 1]
 * @param bytesPerSecond of its line, for what a training plan brings and what its update takes; infinite for no limit
 * @param seed of its drop-outs
 */
public record DeviceProfile(double speed, int maxRank, double dropOut, double bytesPerSecond, long seed) {

    /** This machine, as it is. */
    public static final DeviceProfile UNLIMITED =
            new DeviceProfile(1, AgentConfig.DEFAULT_MAX_RANK, 0, Double.POSITIVE_INFINITY, 0);

    public DeviceProfile {
        if (!(speed > 0 && speed <= 1)) {
            throw new IllegalArgumentException("speed must be above 0 and at most 1, was " + speed);
        }
        if (maxRank < 1) {
            throw new IllegalArgumentException("rank must be ≥ 1, was " + maxRank);
        }
        if (!(dropOut >= 0 && dropOut <= 1)) {
            throw new IllegalArgumentException("the drop-out probability must be 0 to 1, was " + dropOut);
        }
        if (!(bytesPerSecond > 0)) {
            throw new IllegalArgumentException("bandwidth must be above 0, was " + bytesPerSecond);
        }
    }

    DeviceProfile withMaxRank(int rank) {
        return new DeviceProfile(speed, rank, dropOut, bytesPerSecond, seed);
    }

    /** Whether trainings there differ from those here. */
    boolean isSlowOrFails() {
        return speed < 1 || dropOut > 0 || bytesPerSecond < Double.POSITIVE_INFINITY;
    }
}
