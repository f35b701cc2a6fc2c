package dev.tributary.cli.simulate;

import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.cli.CliException;
import dev.tributary.cli.local.LocalSite;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.training.data.DatasetSpec;
import dev.tributary.training.data.Datasets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Cuts one dataset into the private data of many agents. */
final class SimulatedSites {

    private SimulatedSites() {}

    /** One agent's rows of the file, those it trains on and those it holds out. */
    record Cut(Set<Integer> train, Set<Integer> test) {}

    /**
     * The agents {@code agent-001, ...} on their cuts.
     *
     * @param common what every agent has besides, by name
     */
    static List<LocalSite> of(Job job, DatasetSpec data, List<Cut> cuts, Map<String, DatasetSpec> common) {
        String type = job.task().type();
        List<LocalSite> sites = new ArrayList<>();
        for (Cut cut : cuts) {
            TreeMap<String, DatasetConfig> datasets = new TreeMap<>();
            common.forEach((name, spec) -> datasets.put(name, new DatasetConfig(type, spec, spec)));
            datasets.put(
                    job.task().dataset(),
                    new DatasetConfig(type, data.withRows(cut.train()), data.withRows(cut.test())));
            sites.add(new LocalSite(new AgentId(String.format("agent-%03d", sites.size() + 1)), datasets));
        }
        return sites;
    }

    /**
     * @param testFraction share of each agent's rows that is held out, (0, 1)
     * @param seed of the cut; the job's own seed stays out of it
     */
    static List<Cut> cut(DatasetSpec data, Partition partition, int agents, double testFraction, long seed) {
        if (agents < 1 || agents > 999) {
            throw new CliException("--agents must be 1 to 999, was " + agents);
        }
        if (!(testFraction > 0 && testFraction < 1)) {
            throw new CliException("--test-fraction must be between 0 and 1, was " + testFraction);
        }
        List<Cut> cuts = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        for (Set<Integer> part : partition.deal(values(data, partition), agents, seed)) {
            Set<Integer> test = heldOut(part, testFraction, random.split());
            Set<Integer> train = new HashSet<>(part);
            train.removeAll(test);
            cuts.add(new Cut(train, test));
        }
        return cuts;
    }

    private static List<String> values(DatasetSpec data, Partition partition) {
        if (partition.column().isEmpty()) {
            return Collections.nCopies(
                    Math.toIntExact(Datasets.read(data).report().rows()), "");
        }
        String column = partition.column().get();
        return Datasets.column(
                data,
                column.equals(Partition.LABEL)
                        ? data.label()
                                .orElseThrow(
                                        () -> new CliException(
                                                "--partition dirichlet needs labels, and this task has none; use iid or by:COLUMN"))
                        : column);
    }

    private static Set<Integer> heldOut(Set<Integer> part, double fraction, SplittableRandom random) {
        List<Integer> order = new ArrayList<>(part.stream().sorted().toList());
        int wanted = (int) Math.max(1, Math.min(order.size() - 1L, Math.round(order.size() * fraction)));
        Set<Integer> test = new HashSet<>();
        while (test.size() < wanted) {
            test.add(order.get(random.nextInt(order.size())));
        }
        return test;
    }
}
