package dev.tributary.agent.policy;

import dev.tributary.adapter.TensorRole;
import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import dev.tributary.privacy.accountant.PrivacyBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A site's rules. A rule that is empty allows everything of its kind. Methods are judged by what a plan asks for: which
 * tensors leave the site and which operations run, never by a name that a coordinator gives.
 *
 * @param jobs job ids, {@code *} standing for any text
 * @param uploadDtypes element types in which tensors may be sent
 * @param sends roles of tensors that may be sent
 * @param operations agent operations that may run
 * @param maxRounds last round of a job that is carried out
 * @param maxEpochs most passes over the data in one round
 * @param privacyUnit weakest differential privacy that a training must have
 * @param privacyBudget what all jobs together may spend on one dataset
 * @param approval whether the site's data steward must approve each job by its hash
 */
public record SitePolicy(
        Optional<List<String>> jobs,
        Optional<Set<String>> baseModels,
        Optional<Set<String>> datasets,
        Optional<Set<String>> tasks,
        Optional<Set<String>> adapterTypes,
        Optional<Set<String>> uploadDtypes,
        Optional<Set<TensorRole>> sends,
        Optional<Set<String>> operations,
        Optional<Integer> maxRank,
        Optional<Integer> maxRounds,
        Optional<Integer> maxEpochs,
        PrivacyUnit privacyUnit,
        Optional<PrivacyBudget> privacyBudget,
        boolean approval) {

    /** What differential privacy protects, from nothing to a whole site. */
    public enum PrivacyUnit {
        NONE,
        CLIENT,
        EXAMPLE
    }

    /**
     * Everything that stands against a plan, for people; empty if nothing does. Approval is not asked for here.
     *
     * @param examples to train on, of the plan's dataset; negative if that is not known
     */
    public List<String> violations(Plan plan, long examples) {
        List<String> violations = new ArrayList<>();
        Plan.Header header = plan.header();
        jobs.filter(patterns ->
                        patterns.stream().noneMatch(p -> matches(p, header.job().value())))
                .ifPresent(patterns -> violations.add("job " + header.job() + " is not among " + patterns));
        maxRounds
                .filter(most -> header.round() > most)
                .ifPresent(most -> violations.add("round " + header.round() + " is beyond max-rounds " + most));
        Plan.ModelState model = plan instanceof Plan.Train train ? train.model() : ((Plan.Evaluate) plan).model();
        allow(baseModels, model.name(), "base model", violations);
        allow(datasets, model.task().dataset(), "dataset", violations);
        allow(tasks, model.task().type(), "task", violations);
        allow(adapterTypes, model.adapter().type(), "adapter type", violations);
        int rank = Math.max(
                model.adapter().rank(),
                model.adapter().rankPattern().values().stream()
                        .max(Integer::compare)
                        .orElse(0));
        maxRank.filter(most -> rank > most)
                .ifPresent(most -> violations.add("rank " + rank + " is beyond max-rank " + most));
        if (plan instanceof Plan.Train train) {
            training(train, examples, violations);
        }
        return violations;
    }

    private void training(Plan.Train plan, long examples, List<String> violations) {
        allow(uploadDtypes, plan.uploadDtype(), "upload dtype", violations);
        sends.ifPresent(allowed -> plan.tensors().stream()
                .filter(term -> term.send() != TensorTerms.Send.NOTHING && !allowed.contains(term.role()))
                .forEach(term ->
                        violations.add("tensors of role " + term.role() + " may not be sent, only " + allowed)));
        plan.operations().forEach(operation -> allow(operations, operation.name(), "operation", violations));
        maxEpochs.ifPresent(most -> passes(plan.training(), examples, most).ifPresent(violations::add));
        String wanted = privacyUnit.name().toLowerCase(Locale.ROOT);
        String given = plan.protection().privacy().unit();
        if (privacyUnit != PrivacyUnit.NONE && !given.equals(wanted)) {
            violations.add((given.equals("none") ? "training without differential privacy" : "privacy.unit " + given)
                    + "; this site asks for privacy.unit " + wanted);
        }
    }

    /** What stands against so many passes over the data, however the plan counts them. */
    private static Optional<String> passes(Job.Training training, long examples, int most) {
        long steps = training.maxSteps();
        if (steps <= 0) {
            return training.epochs() > most
                    ? Optional.of(training.epochs() + " epochs in a round are beyond max-epochs " + most)
                    : Optional.empty();
        }
        if (examples < 0) {
            return Optional.of("max-epochs " + most + " cannot be held against " + steps
                    + " steps over a dataset of which the number of examples is not known");
        }
        long perEpoch =
                (examples - 1) / Math.max(1L, (long) training.batchSize() * training.gradientAccumulation()) + 1;
        return examples > 0 && steps > most * perEpoch
                ? Optional.of(steps + " steps in a round, " + perEpoch + " of them a pass over the " + examples
                        + " examples, are beyond max-epochs " + most)
                : Optional.empty();
    }

    private static void allow(Optional<Set<String>> allowed, String value, String what, List<String> violations) {
        allowed.filter(names -> !names.contains(value))
                .ifPresent(names -> violations.add(what + " '" + value + "' is not among " + sorted(names)));
    }

    private static Collection<String> sorted(Set<String> names) {
        return new TreeSet<>(names);
    }

    /** Whether {@code text} is the pattern, {@code *} standing for any text. */
    private static boolean matches(String pattern, String text) {
        return text.matches(
                Arrays.stream(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }
}
