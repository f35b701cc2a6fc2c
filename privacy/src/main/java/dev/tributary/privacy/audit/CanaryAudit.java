package dev.tributary.privacy.audit;

import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.RdpAccountant;
import java.util.ArrayList;
import java.util.List;

/**
 * One run's canaries against what the accountant says of that run. The δ at which both are compared is chosen from the
 * number of canaries alone: with m canaries the audit's error grows by up to 2mδ, so that at the job's own δ even an
 * auditor who is always right may prove nothing.
 *
 * @param delta at which the run's ε is claimed and refuted, at most the job's
 * @param seen the guesses that gave the bound
 * @param strongest the largest ε that this many canaries could have refuted; below the claim the audit has no power
 */
public record CanaryAudit(double delta, OneRunAudit.Guesses seen, double strongest, Alarm alarm) {

    /** Each canary's score in one run, higher for likelier included, and what its coin said. */
    public record Scores(double[] values, boolean[] included) {}

    /**
     * @param event all releases that the scores were taken from
     * @param jobDelta δ of the job's claim
     * @param risk probability that a sound run raises the alarm, at most
     */
    public static CanaryAudit of(Scores scores, PrivacyEvent event, double jobDelta, double risk) {
        int canaries = scores.values().length;
        double delta = Math.min(jobDelta, risk / (2 * canaries));
        List<OneRunAudit.Ends> choices = choices(canaries);
        OneRunAudit.Result found = OneRunAudit.best(scores.values(), scores.included(), choices, delta, risk);
        int most = canaries / 2 * 2;
        double strongest = OneRunAudit.epsilonLowerBound(
                new OneRunAudit.Guesses(canaries, most, most), delta, risk / choices.size());
        double claimed = RdpAccountant.epsilon(List.of(event), delta);
        return new CanaryAudit(delta, found.guesses(), strongest, new Alarm(claimed, found.epsilon(), risk));
    }

    /** Both ends, or the top alone: a canary that was included and never drawn cannot be told from one left out. */
    private static List<OneRunAudit.Ends> choices(int canaries) {
        List<OneRunAudit.Ends> choices = new ArrayList<>();
        for (int share = 1; share <= 8; share *= 2) {
            choices.add(OneRunAudit.Ends.both(canaries / share / 2 * 2));
            if (share > 1) {
                choices.add(new OneRunAudit.Ends(canaries / share, 0));
            }
        }
        return choices;
    }
}
