package dev.tributary.cli.privacy;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.privacy.accountant.Calibration;
import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.accountant.PrivacyLoss;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tributary privacy calibrate}. */
@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        description = {
            "Finds the least noise that keeps --steps within a budget;",
            "with --sigma instead of --steps, the most steps that this noise allows."
        })
final class CalibrateCommand implements Callable<Integer> {
    private static final long MOST_STEPS = 1L << 40;

    private final Terminal terminal;

    @Option(names = "--epsilon", required = true, description = "The budget.")
    private double epsilon;

    @Option(names = "--steps", description = "Noisy sums to be released.")
    private @Nullable Long steps;

    @Option(
            names = "--sigma",
            description = "Standard deviation of the noise on the sum, divided by the clipping norm.")
    private @Nullable Double sigma;

    @Mixin
    private ReleaseOptions release;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CalibrateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if ((steps == null) == (sigma == null)) {
            throw new CliException("give --steps to find the noise, or --sigma to find the number of steps");
        }
        if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new CliException("--epsilon must be above 0, was " + epsilon);
        }
        PrivacyBudget budget = new PrivacyBudget(epsilon, release.delta());
        double multiplier = sigma != null ? sigma : noise(budget, steps == null ? 1 : steps);
        long count = steps != null ? steps : most(budget, multiplier);
        PrivacyLoss loss = PrivacyLoss.of(List.of(release.event(multiplier, count)), budget.delta());
        if (json) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("sigma", multiplier);
            tree.put("steps", count);
            tree.putAll(LossFigures.tree(loss));
            terminal.out().println(Json.write(tree));
            return 0;
        }
        terminal.out().println(String.format(Locale.ROOT, "sigma %.6f for %d steps", multiplier, count));
        LossFigures.lines(loss).forEach(terminal.out()::println);
        return 0;
    }

    private double noise(PrivacyBudget budget, long count) {
        return Calibration.noiseMultiplier(budget, s -> List.of(release.event(s, count)));
    }

    private long most(PrivacyBudget budget, double multiplier) {
        release.event(multiplier, 1);
        long most = Calibration.count(
                budget, MOST_STEPS, count -> count == 0 ? List.of() : List.of(release.event(multiplier, count)));
        if (most == 0) {
            throw new CliException("not one step fits epsilon " + epsilon + " with sigma " + multiplier
                    + "; raise --sigma or --epsilon");
        }
        return most;
    }
}
