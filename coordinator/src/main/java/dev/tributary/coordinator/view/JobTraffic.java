package dev.tributary.coordinator.view;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.TrafficForecast;
import dev.tributary.aggregation.TrafficForecast.Round;
import dev.tributary.coordinator.view.RoundView.Traffic;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * What a job will move: tensor files without the framing of messages. Every agent fetches what is new in each state, to
 * train or to measure it; those of a round's cohort send.
 *
 * @param first one agent in round 1, which fetches the whole state
 * @param later one agent in a later round, on average over rounds and agents
 * @param round all agents in such a round
 * @param job all agents over all rounds, the last measurement with them
 */
public record JobTraffic(Traffic first, Traffic later, Traffic round, Traffic job) {

    /** What alternates between rounds has come round again within so many. */
    private static final int CYCLE = 12;

    private static final int WALKED = 2 * CYCLE;

    /** @param agents that may take part, at least one */
    static JobTraffic of(
            FederatedMethod method, Job job, ModelDescriptor model, List<AgentProfile> agents, int cohort) {
        int last = job.rounds();
        List<Round> walked = TrafficForecast.rounds(method, job, model, agents, cohort, Math.min(last, WALKED));
        IntToLongFunction up = round -> Math.round(at(walked, round).meanUp() * cohort);
        IntToLongFunction down = round -> at(walked, round).after();
        long begin = walked.get(0).before();
        long sent = sum(1, last, up);
        long fetched = sum(1, last, down);
        double later = last == 1 ? sent : (sent - up.applyAsLong(1)) / (last - 1.0);
        double each = (double) fetched / last;
        return new JobTraffic(
                new Traffic(Math.round((double) up.applyAsLong(1) / cohort), begin),
                new Traffic(Math.round(later / cohort), Math.round(each)),
                new Traffic(Math.round(later), Math.round(each * agents.size())),
                new Traffic(sent, (begin + fetched) * agents.size()));
    }

    /** Rounds beyond those walked are like the last of them. */
    private static Round at(List<Round> walked, int round) {
        int beyond = round - 1 - walked.size();
        return walked.get(beyond < 0 ? round - 1 : walked.size() - CYCLE + beyond % CYCLE);
    }

    private static long sum(int from, int to, IntToLongFunction value) {
        return IntStream.rangeClosed(from, to).mapToLong(value::applyAsLong).sum();
    }
}
