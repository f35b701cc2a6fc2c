package dev.tributary.agent.execute;

import dev.tributary.agent.privacy.SiteLedgers;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Problem;
import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.dp.NoisyFigures;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.dp.PrivacyTermsReader;
import dev.tributary.privacy.ledger.Charge;
import dev.tributary.privacy.ledger.LedgerException;
import dev.tributary.privacy.noise.SecretBits;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Work whose answer must not tell of single examples: charged before it starts, committed when its result is on disk, and
 * told without any raw figure. A plan that would pass a budget is refused, whoever orders it.
 */
final class PrivateWork {

    /** Refusals with this reason end the job. */
    static final String EXHAUSTED = "budget-exhausted";

    private static final int REMEMBERED = 64;

    private final TrainingEngine engine;
    private final SiteLedgers ledgers;
    private final Step.Hook steps;
    private final ReleaseAudit audit;
    private final Map<Object, Object> planned = new HashMap<>();

    PrivateWork(TrainingEngine engine, SiteLedgers ledgers, Step.Hook steps) {
        this.engine = engine;
        this.ledgers = ledgers;
        this.steps = steps;
        this.audit = new ReleaseAudit(engine, ledgers);
    }

    /** @param commit to be called when the result is on disk, and before it is sent */
    record Trained(TrainingEngine.Trained result, Runnable commit) {}

    /** @throws RefusedException if the budget does not allow it, or the canaries raise the alarm */
    Trained train(
            Plan.Train plan,
            Workload work,
            Set<String> trainable,
            Dataset data,
            TrainingEngine.ProgressListener progress) {
        int examples = data.examples().size();
        PrivacyTerms terms = terms(plan.protection(), examples);
        ExampleRelease release = (ExampleRelease) planned(
                List.of(terms, plan.training(), plan.protection().rounds(), examples),
                () -> ExampleRelease.plan(
                        terms, plan.training(), plan.protection().rounds(), examples));
        SiteLedgers.Data charged = new SiteLedgers.Data(plan.model().task().dataset(), false);
        SiteLedgers.Charged charge = charge(plan.header(), charged, terms, release.event());
        steps.at(Step.RESERVED);
        try (SecretBits bits = SecretBits.fresh(plan.header().planId() + "/train")) {
            TrainingEngine.Trained trained =
                    engine.trainPrivately(work, trainable, plan.training(), release, bits, data, progress);
            trained.canaries().ifPresent(scores -> audit.canaries(plan, release, scores));
            TreeMap<String, Double> told = new TreeMap<>(trained.metrics().values());
            told.put("epsilon", charge.jobEpsilon());
            return new Trained(
                    new TrainingEngine.Trained(trained.tensors(), new Metrics(1, told)), () -> commit(charge));
        }
    }

    /**
     * Accuracy and loss with noise, charged to the held-out examples.
     *
     * @param trained the examples that the adapter was trained on; it is audited against them after the last round
     * @throws RefusedException if the budget does not allow it, or the audit raises the alarm
     */
    Metrics evaluate(
            Plan.Evaluate plan,
            Workload work,
            Dataset data,
            Supplier<Dataset> trained,
            TrainingEngine.ProgressListener progress) {
        PrivacyTerms terms = terms(plan.protection(), heldOut(plan.protection(), data));
        NoisyFigures noisy = (NoisyFigures) planned(
                List.of(terms, plan.protection().rounds()),
                () -> NoisyFigures.plan(terms, plan.protection().rounds()));
        SiteLedgers.Data heldOut = new SiteLedgers.Data(plan.model().task().dataset(), true);
        SiteLedgers.Charged charge = charge(plan.header(), heldOut, terms, noisy.event());
        steps.at(Step.RESERVED);
        TrainingEngine.Judgement judged = engine.judge(work, data, plan.batchSize(), progress);
        if (plan.header().round() >= plan.protection().rounds()) {
            audit.run(plan, terms, work, trained.get(), data, judged);
        }
        try (SecretBits bits = SecretBits.fresh(plan.header().planId() + "/figures")) {
            NoisyFigures.Figures figures = noisy.release(judged.hits(), judged.losses(), bits);
            commit(charge);
            TreeMap<String, Double> told = new TreeMap<>();
            told.put("loss", figures.loss());
            if (work.task().isClassification()) {
                told.put("accuracy", figures.hits());
            } else {
                told.put("perplexity", Math.exp(figures.loss()));
            }
            return new Metrics(1, told);
        }
    }

    private SiteLedgers.Charged charge(
            Plan.Header header, SiteLedgers.Data data, PrivacyTerms terms, PrivacyEvent event) {
        Charge charge = new Charge(header.job().value(), header.round(), header.planId(), List.of(event));
        SiteLedgers.Answer answer;
        try {
            answer = ledgers.reserve(data, terms, charge);
        } catch (LedgerException e) {
            throw new RefusedException("ledger-unusable", String.valueOf(e.getMessage()), e);
        }
        if (answer instanceof SiteLedgers.Fits fits) {
            return fits.charged();
        }
        throw new RefusedException(EXHAUSTED, ((SiteLedgers.DoesNotFit) answer).reason());
    }

    private void commit(SiteLedgers.Charged charge) {
        try {
            ledgers.commit(charge);
        } catch (LedgerException e) {
            throw new RefusedException("ledger-unusable", String.valueOf(e.getMessage()), e);
        }
        steps.at(Step.COMMITTED);
    }

    /** Held-out examples are not sampled: there need not be as many as a sample has. */
    private static int heldOut(Plan.Protection protection, Dataset data) {
        String sample = protection.privacy().terms().getOrDefault("sample", "0");
        return sample.matches("\\d{1,9}")
                ? Math.max(Integer.parseInt(sample), data.examples().size())
                : data.examples().size();
    }

    private static PrivacyTerms terms(Plan.Protection protection, int examples) {
        List<Problem> problems;
        try {
            PrivacyTerms terms = PrivacyTermsReader.read(protection.privacy());
            problems = new ArrayList<>(terms.problems(examples));
            if (terms.unit() != PrivacyTerms.Unit.EXAMPLE || terms.weights() != PrivacyTerms.Weights.UNIFORM) {
                problems.add(new Problem(
                        "privacy.unit", 0, "this agent protects single examples at uniform weights", "Order that"));
            }
            if (problems.isEmpty()) {
                return terms;
            }
        } catch (InvalidJobException e) {
            problems = e.problems();
        }
        throw new RefusedException(
                "bad-privacy-terms", problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
    }

    /** Finding the noise for a budget takes a second; a job asks for the same in every round. */
    private Object planned(Object key, Supplier<Object> make) {
        if (planned.size() >= REMEMBERED) {
            planned.clear();
        }
        return planned.computeIfAbsent(key, k -> make.get());
    }
}
