package dev.tributary.cli.simulate;

import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.cli.CliException;
import dev.tributary.cli.local.LocalSite;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.training.data.DatasetSpec;
import dev.tributary.training.data.Datasets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Cuts one dataset into the private data of many agents. */
final class SimulatedSites {

    private SimulatedSites() {}

    /**
     * @param testFraction share of each agent's rows that is held out, (0, 1)
     * @param seed of the cut; the job's own seed stays out of it
     */
    static List<LocalSite> iid(Job job, DatasetSpec data, int agents, double testFraction, long seed) {
        if (agents < 1 || agents > 999) {
            throw new CliException("--agents must be 1 to 999, was " + agents);
        }
        if (!(testFraction > 0 && testFraction < 1)) {
            throw new CliException("--test-fraction must be between 0 and 1, was " + testFraction);
        }
        int rows = Math.toIntExact(Datasets.read(data).report().rows());
        if (rows < 2 * agents) {
            throw new CliException(data.path() + " has " + rows + " rows; " + agents
                    + " agents need at least two each, one to train on and one held out");
        }
        List<LocalSite> sites = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        int number = 1;
        for (Set<Integer> part : IidPartition.deal(rows, agents, seed)) {
            Set<Integer> test = heldOut(part, testFraction, random.split());
            Set<Integer> train = new HashSet<>(part);
            train.removeAll(test);
            DatasetConfig dataset = new DatasetConfig(job.task().type(), data.withRows(train), data.withRows(test));
            sites.add(new LocalSite(
                    new AgentId(String.format("agent-%03d", number++)),
                    new TreeMap<>(Map.of(job.task().dataset(), dataset))));
        }
        return sites;
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
