package dev.tributary.cli.simulate;

import dev.tributary.agent.config.AgentConfig;
import dev.tributary.cli.CliException;
import dev.tributary.cli.local.DeviceProfile;
import dev.tributary.cli.local.LocalSite;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import picocli.CommandLine.Option;

/** Options that say what machines the agents have; each machine is drawn from a seed. */
final class DeviceOptions {
    private static final double BYTES = 1e6;

    @Option(
            names = "--device-speed",
            paramLabel = "LOW:HIGH",
            description =
                    "Speed of training against this machine's, above 0 and at most 1, drawn evenly on a logarithmic"
                            + " scale. A slower device waits after each training. Default: 1.")
    private String speed = "1";

    @Option(
            names = "--device-ranks",
            split = ",",
            paramLabel = "R",
            description = "Largest ranks that devices accept, one of them each, for example 4,8,16. Default: no limit.")
    private List<Integer> ranks = List.of();

    @Option(
            names = "--device-drop-out",
            paramLabel = "LOW:HIGH",
            description =
                    "Probability, 0 to 1, that a device fails at a training plan; its own is drawn evenly. Default: 0.")
    private String dropOut = "0";

    @Option(
            names = "--device-bandwidth",
            paramLabel = "LOW:HIGH",
            description =
                    "MB/s of a device's line, drawn evenly on a logarithmic scale: adapter and update wait so long."
                            + " Default: no limit.")
    private String bandwidth = "";

    @Option(
            names = "--device-seed",
            defaultValue = "0",
            description = "Same seed, same devices and the same failures of each. Default: ${DEFAULT-VALUE}.")
    private long seed;

    /** Gives every site a machine. */
    List<LocalSite> equip(List<LocalSite> sites) {
        SplittableRandom random = new SplittableRandom(seed);
        List<LocalSite> equipped = new ArrayList<>();
        for (LocalSite site : sites) {
            equipped.add(site.on(draw(random.split())));
        }
        return equipped;
    }

    private DeviceProfile draw(SplittableRandom random) {
        double speedDrawn = Range.of("--device-speed", speed).logarithmic(random.nextDouble());
        int rank = ranks.isEmpty() ? AgentConfig.DEFAULT_MAX_RANK : ranks.get(random.nextInt(ranks.size()));
        double dropOutDrawn = Range.of("--device-drop-out", dropOut).even(random.nextDouble());
        double line = bandwidth.isEmpty()
                ? Double.POSITIVE_INFINITY
                : BYTES * Range.of("--device-bandwidth", bandwidth).logarithmic(random.nextDouble());
        try {
            return new DeviceProfile(speedDrawn, rank, dropOutDrawn, line, random.nextLong());
        } catch (IllegalArgumentException e) {
            throw new CliException("--device options: " + e.getMessage(), e);
        }
    }

    /** Decides results, beside data and job. */
    String words() {
        return "devices: speed " + speed + ", ranks " + ranks + ", drop-out " + dropOut + ", bandwidth "
                + (bandwidth.isEmpty() ? "unlimited" : bandwidth) + ", seed " + seed;
    }

    private record Range(double low, double high) {

        static Range of(String option, String text) {
            String[] sides = text.split(":", 2);
            try {
                double low = Double.parseDouble(sides[0].strip());
                double high = sides.length == 1 ? low : Double.parseDouble(sides[1].strip());
                if (low <= high) {
                    return new Range(low, high);
                }
            } catch (NumberFormatException e) {
                // told below
            }
            throw new CliException(option + " must be a number or LOW:HIGH, was '" + text + "'");
        }

        double even(double share) {
            return low + share * (high - low);
        }

        double logarithmic(double share) {
            return low > 0 ? low * Math.pow(high / low, share) : low;
        }
    }
}
