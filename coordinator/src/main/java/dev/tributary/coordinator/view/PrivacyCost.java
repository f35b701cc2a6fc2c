package dev.tributary.coordinator.view;

import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Job;
import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.RdpAccountant;
import dev.tributary.privacy.dp.ClientRelease;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.dp.PrivacyTermsReader;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What a private job would spend, by the Rényi accountant. Rounds do not add up: the first costs more than the share of one
 * in all.
 *
 * @param noiseMultiplier standard deviation of the noise divided by the clipping norm
 * @param releases noisy sums in a round
 * @param units examples of the site with the fewest, or the clients
 * @param afterOneRound ε spent by the first round
 * @param afterAllRounds ε spent by all of them
 * @param budget ε of the job
 */
public record PrivacyCost(
        double noiseMultiplier,
        long releases,
        long units,
        double afterOneRound,
        double afterAllRounds,
        double budget,
        double delta) {

    /**
     * Empty without privacy terms, or where they do not hold together. Takes up to a second where noise has to be found.
     *
     * @param agents those that hold the job's model and dataset
     */
    static Optional<PrivacyCost> of(Job job, Collection<AgentProfile> agents) {
        if (!job.privacy().isOn()) {
            return Optional.empty();
        }
        try {
            PrivacyTerms terms = PrivacyTermsReader.read(job.privacy());
            long units = terms.unit() == PrivacyTerms.Unit.CLIENT ? Math.max(1, agents.size()) : fewest(job, agents);
            if (!terms.problems(units).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(cost(job, terms, units));
        } catch (InvalidJobException | IllegalArgumentException e) {
            return Optional.empty(); // the check says what is wrong
        }
    }

    private static PrivacyCost cost(Job job, PrivacyTerms terms, long units) {
        double multiplier;
        PrivacyEvent round;
        if (terms.unit() == PrivacyTerms.Unit.CLIENT) {
            ClientRelease release = ClientRelease.plan(terms, job.rounds(), units);
            multiplier = release.multiplier();
            round = release.event(units);
        } else {
            ExampleRelease release = ExampleRelease.plan(terms, job.training(), job.rounds(), Math.toIntExact(units));
            multiplier = release.multiplier();
            round = release.event();
        }
        double delta = terms.budget().delta();
        return new PrivacyCost(
                multiplier,
                round.count(),
                units,
                RdpAccountant.epsilon(List.of(round), delta),
                RdpAccountant.epsilon(List.of(round.withCount(round.count() * job.rounds())), delta),
                terms.budget().epsilon(),
                delta);
    }

    /** A small site spends most, where it matters at all. */
    private static long fewest(Job job, Collection<AgentProfile> agents) {
        return agents.stream()
                .flatMap(agent -> agent.dataset(job.task().dataset()).stream())
                .mapToLong(DatasetDescriptor::trainExamples)
                .filter(examples -> examples > 0)
                .min()
                .orElse(1);
    }
}
