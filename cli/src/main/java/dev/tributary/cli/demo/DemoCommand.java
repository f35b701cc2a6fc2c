package dev.tributary.cli.demo;

import dev.tributary.agent.config.ModelSource;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.JobOverrides;
import dev.tributary.cli.local.LocalRun;
import dev.tributary.cli.local.LocalSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tributary demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Fine-tunes a real model with LoRA across sites, each with data of its own:"
                    + " coordinator, Kafka broker and agents run in this process and speak over real sockets.",
            "An interrupted run is resumed by the same command."
        })
public final class DemoCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--method",
            defaultValue = "fedex",
            description = "Aggregation method, for example fedavg, fedex or ffa. Default: ${DEFAULT-VALUE}.")
    private String method = "fedex";

    @Option(
            names = "--rounds",
            defaultValue = "5",
            description = "Rounds of one epoch each. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(
            names = "--epsilon",
            description = "Protects every training example: differential privacy within this budget over all rounds, at"
                    + " delta 1e-4, noised by the agents. Default: none.")
    private @Nullable Double epsilon;

    @Option(names = "--seed", defaultValue = "7", description = "Same seed, same adapter. Default: ${DEFAULT-VALUE}.")
    private long seed = 7;

    @Option(
            names = "--task",
            defaultValue = "sequence-classification",
            description = "What to learn: sequence-classification (three sites with reviews, an encoder of 22.6 million"
                    + " parameters) or causal-lm (ten sites with presidents' addresses, a decoder of 5.4 million)."
                    + " Default: ${DEFAULT-VALUE}.")
    private String task = "sequence-classification";

    @Mixin
    private LocalRun run;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets a key of the job, for example adapter.type=pissa or aggregation.residual-rank=4. May be"
                    + " given several times; docs/job.md has the keys.")
    private Map<String, String> overrides = Map.of();

    @Option(
            names = "--ranks",
            split = ",",
            paramLabel = "R",
            description =
                    "Largest rank that each site accepts, in turn, for example 4,8,16 (the job's own rank is set by"
                            + " --set adapter.rank=16). Default: no limit.")
    private List<Integer> ranks = List.of();

    @Option(names = "--keep-open", description = "Leave the coordinator running at the end, until Ctrl-C.")
    private boolean keepOpen;

    @Option(
            names = "--write-data",
            paramLabel = "DIR",
            description =
                    "Write the reviews, a folder per site and all of them as all/reviews.jsonl, and do nothing else.")
    private @Nullable Path writeData;

    @Spec
    private CommandSpec spec;

    public DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    private List<LocalSite> limited(List<LocalSite> sites) {
        List<LocalSite> limited = new ArrayList<>();
        for (LocalSite site : sites) {
            limited.add(ranks.isEmpty() ? site : site.withMaxRank(ranks.get(limited.size() % ranks.size())));
        }
        return limited;
    }

    private OptionalDouble budget() {
        if (epsilon == null) {
            return OptionalDouble.empty();
        }
        if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new ParameterException(spec.commandLine(), "--epsilon must be above 0, was " + epsilon);
        }
        return OptionalDouble.of(epsilon);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (writeData != null) {
            SentimentSites.write(writeData);
            SentimentSites.writeTogether(writeData.resolve("all").resolve("reviews.jsonl"));
            terminal.out().println("Written to " + writeData);
            return 0;
        }
        if (ranks.stream().anyMatch(rank -> rank < 1)) {
            throw new ParameterException(spec.commandLine(), "--ranks must be ≥ 1, were " + ranks);
        }
        DemoTask chosen = DemoTask.ALL.stream()
                .filter(t -> t.type().equals(task))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--task must be sequence-classification or causal-lm, was '" + task + "'"));
        Path data = run.state().resolve("data");
        return run.run(
                terminal,
                () -> limited(chosen.sites(data)),
                Map.of(chosen.model(), ModelSource.packaged()),
                JobOverrides.apply(chosen.document(method, rounds, seed, budget()), overrides),
                keepOpen);
    }
}
