package dev.tributary.coordinator.view;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a job's privacy claim is, for whom and against whom.
 *
 * @param unit what is protected: {@code example}, or {@code none}
 * @param terms the job's other privacy terms
 * @param sites the claim at each site; different sites' data is taken to be disjoint
 * @param adversaries what each could learn from
 * @param notCovered what the claim leaves out
 * @param audit what checks it empirically, and what came of it
 */
public record PrivacyReport(
        String job,
        String status,
        String unit,
        SortedMap<String, String> terms,
        List<Site> sites,
        List<Adversary> adversaries,
        List<String> notCovered,
        String audit) {

    /**
     * One site's spending, as far as the coordinator's log knows; the ledger on the site's own disk is authoritative.
     *
     * @param rounds trainings that were ordered and not refused, repeated attempts included
     * @param noiseMultiplier standard deviation of the noise divided by the clipping norm
     * @param training spent on the examples trained on
     * @param heldOut spent on the examples that figures were made of
     * @param ledgerEpsilon what the site's ledger has charged to this job, by its last update
     */
    public record Site(
            String agent,
            int rounds,
            long steps,
            double noiseMultiplier,
            Loss training,
            Loss heldOut,
            @Nullable Double ledgerEpsilon) {}

    /**
     * @param epsilon the Rényi accountant's: the number that budgets and certificates use
     * @param pld by privacy loss distributions; null where there is none
     */
    public record Loss(
            double epsilon,
            double delta,
            String accountant,
            double rdp,
            @Nullable Double pld) {}

    public record Adversary(String who, String sees) {}
}
