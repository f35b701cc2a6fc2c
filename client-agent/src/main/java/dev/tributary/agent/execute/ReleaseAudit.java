package dev.tributary.agent.execute;

import dev.tributary.agent.privacy.SiteLedgers;
import dev.tributary.plan.Plan;
import dev.tributary.privacy.audit.Alarm;
import dev.tributary.privacy.audit.CanaryAudit;
import dev.tributary.privacy.audit.MembershipInference;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.ledger.PrivacyLedger;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.TrainingEngine.Judgement;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attacks what is released at the site that knows the answers. After the last round: can a threshold on the loss tell this
 * site's training examples from its held-out ones better than the claim allows? After each training with canaries: do its
 * noisy sums tell which canaries were in? The figures stay here; only an alarm is told.
 */
final class ReleaseAudit {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseAudit.class);

    /** Probability that a sound job raises the alarm at one site. */
    private static final double RISK = 1e-3;

    /** The same for the canaries of all rounds together; their bound is far from tight, so it is rarer still. */
    private static final double CANARY_RISK = 0.01;

    private final TrainingEngine engine;
    private final SiteLedgers ledgers;

    ReleaseAudit(TrainingEngine engine, SiteLedgers ledgers) {
        this.engine = engine;
        this.ledgers = ledgers;
    }

    /**
     * @param work the adapter under audit
     * @param heldOut what it made of the held-out examples
     * @throws RefusedException with reason {@code privacy-alarm} if the attack succeeds beyond the claim
     */
    void run(
            Plan.Evaluate plan, PrivacyTerms terms, Workload work, Dataset members, Dataset others, Judgement heldOut) {
        double claimed = claimed(plan, terms);
        Judgement seen = engine.judge(work, members, plan.batchSize(), (done, total) -> {});
        MembershipInference attack =
                MembershipInference.measure(scores(plan, work, members, seen), scores(plan, work, others, heldOut));
        double delta = terms.budget().delta();
        Alarm alarm = new Alarm(claimed, attack.epsilonLowerBound(delta, RISK), RISK);
        ledgers.note("audit-" + plan.header().job() + ".json", figures(attack, alarm));
        LOG.info(
                "audit of job {}: membership inference AUC {}, epsilon at least {}, claimed {}",
                plan.header().job(),
                attack.auc(),
                alarm.lowerBound(),
                claimed);
        refuseIfRaised(plan.header(), alarm, "membership inference on the adapter succeeds");
    }

    /**
     * @param release what was accounted for
     * @param scores what the training's noisy sums say of every canary
     * @throws RefusedException with reason {@code privacy-alarm} if they give away more than was accounted for
     */
    void canaries(Plan.Train plan, ExampleRelease release, CanaryAudit.Scores scores) {
        double risk = CANARY_RISK / Math.max(1, plan.protection().rounds());
        CanaryAudit audit =
                CanaryAudit.of(scores, release.event(), release.terms().budget().delta(), risk);
        ledgers.note("canaries-" + plan.header().job() + ".json", figures(plan.header(), audit));
        LOG.info(
                "canaries of job {} in round {}: epsilon of this training at least {}, accounted {} at delta {}",
                plan.header().job(),
                plan.header().round(),
                audit.alarm().lowerBound(),
                audit.alarm().claimed(),
                audit.delta());
        if (audit.strongest() <= audit.alarm().claimed()) {
            LOG.warn(
                    "{} canaries can refute an epsilon of at most {}, this training's is {}: write more privacy.canaries",
                    audit.seen().canaries(),
                    audit.strongest(),
                    audit.alarm().claimed());
        }
        refuseIfRaised(plan.header(), audit.alarm(), "the training's noisy sums give its canaries away");
    }

    private static void refuseIfRaised(Plan.Header header, Alarm alarm, String what) {
        if (alarm.raised()) {
            LOG.error("audit of job {}: {}", header.job(), alarm.message());
            throw new RefusedException(
                    "privacy-alarm",
                    what + " beyond the epsilon of " + alarm.claimed()
                            + " claimed; the figures are in this site's data directory. Do not release the adapter");
        }
    }

    private double claimed(Plan.Evaluate plan, PrivacyTerms terms) {
        SiteLedgers.Data trained = new SiteLedgers.Data(plan.model().task().dataset(), false);
        try (PrivacyLedger ledger = ledgers.open(trained, terms)) {
            return ledger.epsilon(plan.header().job().value(), terms.budget().delta());
        }
    }

    /** How much the adapter lowered each example's loss; a fresh head makes the base's loss the same for all. */
    private double[] scores(Plan.Evaluate plan, Workload work, Dataset data, Judgement judged) {
        double[] scores = Arrays.stream(judged.losses()).map(loss -> -loss).toArray();
        if (!work.task().isClassification()) {
            double[] before = engine.judge(work.withoutAdapter(), data, plan.batchSize(), (done, total) -> {})
                    .losses();
            Arrays.setAll(scores, i -> scores[i] + before[i]);
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Double.isFinite(scores[i]) ? scores[i] : -Double.MAX_VALUE;
        }
        return scores;
    }

    private static Map<String, Object> figures(Plan.Header header, CanaryAudit audit) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("probe", "one-run canary audit");
        figures.put("round", header.round());
        figures.put("canaries", audit.seen().canaries());
        figures.put("guesses", audit.seen().guesses());
        figures.put("correct", audit.seen().correct());
        figures.put("delta", audit.delta());
        figures.put("strongestPossible", audit.strongest());
        return with(figures, audit.alarm());
    }

    private static Map<String, Object> figures(MembershipInference attack, Alarm alarm) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("probe", "loss-threshold membership inference");
        figures.put("members", attack.members());
        figures.put("nonMembers", attack.nonMembers());
        figures.put("auc", attack.auc());
        figures.put("falsePositiveRate", attack.falsePositiveRate());
        figures.put("truePositiveRate", attack.truePositiveRate());
        return with(figures, alarm);
    }

    private static Map<String, Object> with(Map<String, Object> figures, Alarm alarm) {
        figures.put("epsilonClaimed", alarm.claimed());
        figures.put("epsilonAtLeast", alarm.lowerBound());
        figures.put("errorProbability", alarm.risk());
        figures.put("alarm", alarm.raised());
        return figures;
    }
}
