package dev.tributary.agent.execute;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.TensorRole;
import dev.tributary.agent.operation.AgentOperation;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Everything that can be told of a plan before its first byte is fetched. */
final class Preflight {

    private final Site site;
    private final Clock clock;

    Preflight(Site site, Clock clock) {
        this.site = site;
        this.clock = clock;
    }

    /** @throws RefusedException with the first thing that stands against the plan */
    LocalModel check(Plan plan) {
        checkDeadline(plan.header());
        LocalModel model;
        if (plan instanceof Plan.Train train) {
            model = checkModel(train.model());
            checkRanks(train.model(), model);
            checkTerms(train.tensors());
            checkOperations(train.operations());
            uploadType(train.uploadDtype());
        } else {
            Plan.Evaluate evaluate = (Plan.Evaluate) plan;
            model = checkModel(evaluate.model());
            checkTerms(evaluate.tensors());
        }
        return model;
    }

    private void checkDeadline(Plan.Header header) {
        Instant now = clock.instant();
        if (now.isAfter(header.deadline())) {
            throw new RefusedException(
                    "deadline-passed",
                    "the plan's deadline " + header.deadline() + " has passed before work on it began (it is " + now
                            + " here; if that is wrong, set this machine's clock)");
        }
    }

    private LocalModel checkModel(Plan.ModelState wanted) {
        LocalModel model = site.models().get(wanted.name());
        if (model == null) {
            throw new RefusedException(
                    "unknown-model",
                    "this agent has no base model named '" + wanted.name() + "' (it has "
                            + site.models().keySet() + "); add it under models in agent.yaml");
        }
        compare(
                "weights",
                wanted.name(),
                wanted.weightsSha256(),
                model.descriptor().weightsSha256());
        compare(
                "tokenizer",
                wanted.name(),
                wanted.tokenizerSha256(),
                model.descriptor().tokenizerSha256());
        if (model.descriptor().select(wanted.adapter().targetModules()).isEmpty()) {
            throw new RefusedException(
                    "bad-plan",
                    "target modules " + wanted.adapter().targetModules() + " select nothing in base model '"
                            + wanted.name() + "'");
        }
        checkDataset(wanted.task());
        return model;
    }

    private static void compare(String what, String model, String wanted, String own) {
        if (!wanted.equals(own)) {
            throw new RefusedException(
                    "model-mismatch",
                    "the " + what + " of base model '" + model + "' differ: the plan wants sha256 " + wanted
                            + ", this agent has " + own + "; install the same model files on all sites");
        }
    }

    /** The limit is for training: the global adapter may be larger, and is evaluated whole. */
    private void checkRanks(Plan.ModelState wanted, LocalModel model) {
        for (String module : model.descriptor().select(wanted.adapter().targetModules())) {
            int rank = wanted.adapter().rankOf(module);
            if (rank > site.maxRank()) {
                throw new RefusedException(
                        "rank-too-large",
                        "module " + module + " has rank " + rank + ", this agent's max-rank is " + site.maxRank());
            }
        }
    }

    private void checkDataset(Job.Task task) {
        List<DatasetDescriptor> offered = site.datasets().descriptors();
        DatasetDescriptor dataset = offered.stream()
                .filter(d -> d.name().equals(task.dataset()))
                .findFirst()
                .orElseThrow(() -> new RefusedException(
                        "unknown-dataset",
                        "this agent offers no dataset named '" + task.dataset() + "' (it offers "
                                + offered.stream().map(DatasetDescriptor::name).toList()
                                + "); add it under datasets in agent.yaml"));
        if (!dataset.task().equals(task.type())) {
            throw new RefusedException(
                    "dataset-mismatch",
                    "dataset '" + task.dataset() + "' is for " + dataset.task() + ", the job's task is " + task.type());
        }
    }

    private static void checkTerms(List<TensorTerms> terms) {
        Set<TensorRole> seen = EnumSet.noneOf(TensorRole.class);
        for (TensorTerms term : terms) {
            if (!seen.add(term.role())) {
                throw new RefusedException("bad-plan", "the plan lists tensor role " + term.role() + " twice");
            }
            if (term.role() == TensorRole.FOLD_P || term.role() == TensorRole.FOLD_Q) {
                throw new RefusedException("bad-plan", "folds belong to the base and cannot be trained, sent or kept");
            }
        }
    }

    private void checkOperations(List<Plan.Operation> wanted) {
        for (Plan.Operation operation : wanted) {
            AgentOperation known = site.operations()
                    .find(operation.name())
                    .orElseThrow(() -> new RefusedException(
                            "unknown-operation",
                            "this agent does not know the operation '" + operation.name() + "' (it knows "
                                    + site.operations().names() + "); a newer version may"));
            List<String> problems = known.check(operation.parameters());
            if (!problems.isEmpty()) {
                throw new RefusedException("bad-operation", String.join("; ", problems));
            }
        }
    }

    static DType uploadType(String name) {
        return switch (name) {
            case "fp32" -> DType.F32;
            case "bf16" -> DType.BF16;
            default ->
                throw new RefusedException(
                        "unsupported-dtype",
                        "this agent cannot send '" + name + "' tensors (it can send fp32 and bf16)");
        };
    }
}
