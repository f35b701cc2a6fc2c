package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.AdapterKind;
import dev.tributary.aggregation.fold.FoldCompaction;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.plan.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a job and a method fit, computed from the method's card: adapter type, target modules, ranks, options, privacy.
 * Gathers every problem.
 */
public final class Compatibility {

    /** Ways to draw A that the coordinator knows. */
    public static final List<String> INITIALISATIONS = List.of("kaiming", "orthogonal");

    private final FederatedMethod method;
    private final Job job;
    private final ModelDescriptor model;
    private final MethodCard card;
    private final List<Problem> problems = new ArrayList<>();

    private Compatibility(FederatedMethod method, Job job, ModelDescriptor model) {
        this.method = method;
        this.job = job;
        this.model = model;
        this.card = method.card();
    }

    public static List<Problem> check(FederatedMethod method, Job job, ModelDescriptor model) {
        Compatibility checks = new Compatibility(method, job, model);
        checks.adapterType();
        checks.modules();
        checks.options();
        checks.privacy();
        checks.late();
        checks.foldsIntoTheBase();
        return List.copyOf(checks.problems);
    }

    private void add(String field, String message, String fix) {
        problems.add(new Problem(field, 0, message, fix));
    }

    /** A base of few bits rounds away what is small beside its weights. */
    private void foldsIntoTheBase() {
        if (job.training().baseDtype().equals("fp32")) {
            return;
        }
        boolean adapterFolds = AdapterKind.named(job.adapter().type())
                .filter(AdapterKind::takesPartOfBase)
                .isPresent();
        if (card.foldsBase() || adapterFolds) {
            add(
                    "training.base-dtype",
                    (card.foldsBase()
                                    ? "method " + card.name()
                                    : "adapter type '" + job.adapter().type() + "'")
                            + " folds into the base, and weights in "
                            + job.training().baseDtype()
                            + " would round most of a fold away",
                    "Write fp32, or use "
                            + (card.foldsBase() ? "a method that leaves the base alone, for example fedavg" : "lora"));
        }
    }

    private void privacy() {
        if (!job.privacy().unit().equals("client")) {
            return;
        }
        if (method instanceof UpdateMethod) {
            add(
                    "privacy.unit",
                    "method " + card.name() + " needs each agent's update by itself, so noise on the sum of updates"
                            + " does not protect a client",
                    "Use unit: example, or a method on sums, for example ffa");
        } else if (card.secureAggregation() != MethodCard.SecureAggregation.YES) {
            add(
                    "privacy.unit",
                    "the messages of method " + card.name() + " do not all have the same tensors, so the clipped sum"
                            + " does not bound what one client contributes",
                    "Use unit: example, or another method on sums, for example ffa");
        } else if (!method.fromBase(job).isEmpty() && job.startFrom().isEmpty()) {
            add(
                    "privacy.unit",
                    "adapter type '" + method.adapter(job).type() + "' begins with a round of values from the base"
                            + " model, which noise on the sum of changes would destroy",
                    "Use unit: example, or an adapter that begins at random, for example lora");
        }
    }

    private void late() {
        Job.Late late = job.cohort().late();
        if (!late.counted()) {
            return;
        }
        String field = late.isAsynchronous() ? "mode" : "cohort.late";
        if (!method.takesLateUpdates(job)) {
            add(
                    field,
                    "an update that began at an older state cannot count with method " + card.name() + ": it "
                            + whyNotLate(),
                    "Remove it, or use one of " + Methods.where(MethodCard::lateUpdates));
        }
        if (ControlVariates.of(job).isPresent()) {
            add(
                    field,
                    "scaffold compares an agent's way with that of all in the same round",
                    "Remove it, or aggregation.control-variates");
        }
        if (Legend.isOn(job)) {
            add(
                    field,
                    "legend compares how long agents took for the layers of the same round",
                    "Remove it, or aggregation.configurator");
        }
        if (job.privacy().unit().equals("client")) {
            add(
                    field,
                    "with privacy.unit client a round's noise covers one update of each client that was drawn for it",
                    "Remove it, or use privacy.unit: example");
        }
    }

    private String whyNotLate() {
        if (card.foldsBase()) {
            return "folds into the base every round, and the update was trained on another base";
        }
        if (card.personalState()) {
            return "goes on from tensors that agents keep for the round before";
        }
        if (method instanceof UpdateMethod) {
            return "compares or multiplies the updates of a round, which must have begun at one state";
        }
        return !method.fromBase(job).isEmpty()
                ? "takes starting values from the base model in round 1"
                : "does not train the same tensors from the same start in every round";
    }

    private void adapterType() {
        AdapterConfig adapter = job.adapter();
        Optional<AdapterKind> kind = AdapterKind.named(adapter.type());
        if (kind.isEmpty()) {
            add(
                    "adapter.type",
                    "there is no adapter type '" + adapter.type() + "'",
                    "Use one of " + card.adapterTypes());
        } else {
            card.adapters().against(kind.get()).ifPresent(reason -> refuse(kind.get(), reason));
            fromBase(kind.get());
        }
        if (kind.filter(AdapterKind::hasFactors).isPresent() && !INITIALISATIONS.contains(adapter.initialisation())) {
            add(
                    "adapter.initialisation",
                    "unknown initialisation '" + adapter.initialisation() + "'",
                    "Use one of " + INITIALISATIONS);
        }
        if (!adapter.modulesToSave().isEmpty()) {
            add(
                    "adapter.modules-to-save",
                    "the coordinator holds no base weights to start " + adapter.modulesToSave() + " from",
                    "Leave it out; a classification head is trained and averaged without it");
        }
    }

    private void refuse(AdapterKind kind, String reason) {
        List<String> methods = Methods.accepting(kind);
        add(
                "adapter.type",
                "method " + card.name() + " does not work with " + kind.type() + ": it " + reason,
                "Use adapter.type " + card.adapters().nearest(kind).type() + ", or a method that takes " + kind.type()
                        + ": " + String.join(", ", methods));
    }

    /** Values of the base are made by the agents in the first round. */
    private void fromBase(AdapterKind kind) {
        if (method.fromBase(job).isEmpty()) {
            return;
        }
        if (job.privacy().isOn()) {
            add(
                    "adapter.type",
                    "round 1 would send starting values that are computed from the base, which privacy.unit "
                            + job.privacy().unit() + " has no terms for",
                    "Use adapter.type lora or rslora, or random-orthonormal as aggregation.initialisation");
        }
        if (job.rounds() < 2) {
            add(
                    "rounds",
                    "round 1 only computes the starting values from the base, so nothing would be trained",
                    "Write at least 2");
        }
        if (!job.startFrom().isEmpty() && kind.takesPartOfBase()) {
            add(
                    "adapter.start-from",
                    "an adapter in a PEFT directory stands on the unmodified base, " + kind.type()
                            + " on what its beginning leaves of it",
                    "Use adapter.type lora to go on from a directory");
        }
    }

    private void modules() {
        AdapterConfig adapter = job.adapter();
        List<String> modules = model.select(adapter.targetModules());
        if (modules.isEmpty()) {
            add(
                    "adapter.target-modules",
                    adapter.targetModules() + " selects no linear module of " + model.name(),
                    "Name one or more of " + lastParts());
            return;
        }
        for (String module : modules) {
            LinearShape shape = model.linearModules().get(module);
            int rank = adapter.rankOf(module);
            if (shape != null && rank > Math.min(shape.in(), shape.out())) {
                add(
                        "adapter.rank",
                        "rank " + rank + " is larger than " + module + " allows, a weight of " + shape.out() + " x "
                                + shape.in(),
                        "Use a rank of at most " + Math.min(shape.in(), shape.out()));
                break;
            }
        }
        unmatchedTargets(adapter, modules);
    }

    private void unmatchedTargets(AdapterConfig adapter, List<String> modules) {
        if (adapter.targetModules().size() < 2) {
            return;
        }
        for (String target : adapter.targetModules()) {
            if (modules.stream().noneMatch(m -> m.equals(target) || m.endsWith("." + target))) {
                add(
                        "adapter.target-modules",
                        "'" + target + "' selects no linear module of " + model.name(),
                        "Name one or more of " + lastParts());
            }
        }
    }

    private Set<String> lastParts() {
        Set<String> names = new TreeSet<>();
        model.linearModules().keySet().forEach(m -> names.add(m.substring(m.lastIndexOf('.') + 1)));
        return names;
    }

    private void options() {
        List<MethodOption> options = new ArrayList<>(card.options());
        if (card.serverOptimizer()) {
            options.addAll(ServerOptimizer.OPTIONS);
        }
        if (card.controlVariates()) {
            options.addAll(ControlVariates.OPTIONS);
        }
        if (Legend.goesWith(card)) {
            options.addAll(Legend.OPTIONS);
        }
        if (card.foldsBase()) {
            options.addAll(FoldCompaction.OPTIONS);
        }
        List<String> known = options.stream().map(MethodOption::name).toList();
        for (String name : job.aggregation().options().keySet()) {
            if (!card.serverOptimizer() && isOption(ServerOptimizer.OPTIONS, name)) {
                add(
                        "aggregation." + name,
                        "method " + card.name() + " publishes no mean of updates that an optimiser on the server could"
                                + " take as a gradient",
                        "Remove it, or use one of " + Methods.where(MethodCard::serverOptimizer));
            } else if (!card.controlVariates() && isOption(ControlVariates.OPTIONS, name)) {
                add(
                        "aggregation." + name,
                        "the agents of method " + card.name()
                                + " do not all send the same tensors as they trained them,"
                                + " so no drift of theirs can be told",
                        "Remove it, or use one of " + Methods.where(MethodCard::controlVariates));
            } else if (!Legend.goesWith(card) && isOption(Legend.OPTIONS, name)) {
                add(
                        "aggregation." + name,
                        "the rule of method " + card.name() + " is no mean over those agents that trained a layer",
                        "Remove it, or use one of " + Methods.where(Legend::goesWith));
            } else if (!known.contains(name)) {
                add(
                        "aggregation." + name,
                        "unknown option of method " + card.name(),
                        known.isEmpty() ? "Remove it; the method has no options" : "Known options: " + known);
            }
        }
        problems.addAll(ControlVariates.check(job));
        problems.addAll(Legend.check(job, model));
        for (MethodOption option : options) {
            String text = job.aggregation().options().get(option.name());
            if (text != null && !option.accepts(text)) {
                add("aggregation." + option.name(), "'" + text + "' is not " + option.values(), option.description());
            }
        }
    }

    private static boolean isOption(List<MethodOption> options, String name) {
        return options.stream().anyMatch(option -> option.name().equals(name));
    }
}
