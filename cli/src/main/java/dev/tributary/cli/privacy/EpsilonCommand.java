package dev.tributary.cli.privacy;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.privacy.accountant.PrivacyLoss;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tributary privacy epsilon}. */
@Command(
        name = "epsilon",
        mixinStandardHelpOptions = true,
        description = "Says what steps of noisy sums cost, by two accountants.")
final class EpsilonCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--sigma",
            required = true,
            description = "Standard deviation of the noise on the sum, divided by the clipping norm.")
    private double sigma;

    @Option(names = "--steps", defaultValue = "1", description = "Noisy sums released. Default: ${DEFAULT-VALUE}.")
    private long steps = 1;

    @Mixin
    private ReleaseOptions release;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    EpsilonCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        PrivacyLoss loss = PrivacyLoss.of(List.of(release.event(sigma, steps)), release.delta());
        if (json) {
            terminal.out().println(Json.write(LossFigures.tree(loss)));
        } else {
            LossFigures.lines(loss).forEach(terminal.out()::println);
        }
        return 0;
    }
}
