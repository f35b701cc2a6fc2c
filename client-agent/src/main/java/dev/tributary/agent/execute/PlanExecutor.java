package dev.tributary.agent.execute;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.agent.journal.Answer;
import dev.tributary.agent.journal.KeptTensors;
import dev.tributary.agent.operation.AgentOperation;
import dev.tributary.agent.privacy.SiteLedgers;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Evaluation;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Progress;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.Update;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.blob.BlobStoreException;
import dev.tributary.protocol.crash.CrashPoint;
import dev.tributary.training.TrainingCancelledException;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one plan: check, fetch, train or evaluate, write what is sent. Whatever goes wrong becomes an answer too,
 * a refusal. Used by one thread at a time.
 */
public final class PlanExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(PlanExecutor.class);

    private final AgentId agent;
    private final TrainingEngine engine;
    private final Site site;
    private final PlanGate gate;
    private final Preflight preflight;
    private final StateFetcher fetcher;
    private final KeptTensors keptTensors;
    private final UpdateSealer sealer;
    private final PrivateWork privately;
    private final Step.Hook steps;

    /**
     * @param gate asked before anything else
     * @param transport for fetching what plans name
     */
    public PlanExecutor(
            AgentId agent,
            TrainingEngine engine,
            PlanGate gate,
            Site site,
            Stores stores,
            AgentTransport transport,
            SiteLedgers ledgers,
            Clock clock,
            Step.Hook steps) {
        this.agent = agent;
        this.engine = engine;
        this.site = site;
        this.gate = gate;
        this.preflight = new Preflight(site, clock);
        this.fetcher = new StateFetcher(transport, stores.received(), stores.journal(), clock);
        this.keptTensors = stores.kept();
        this.sealer = new UpdateSealer(stores.sealed(), stores.kept(), steps);
        this.privately = new PrivateWork(engine, ledgers, steps);
        this.steps = steps;
    }

    /**
     * The answer to a command; its blob is stored, the answer itself is not yet in the journal.
     *
     * @throws TrainingCancelledException if the monitor stopped the work; then there is no answer
     */
    public Answer execute(Message.Command command, WorkMonitor monitor) {
        Plan.Header header = command.plan().header();
        try {
            steps.at(Step.RECEIVED);
            gate.check(command.plan());
            LocalModel model = preflight.check(command.plan());
            return command.plan() instanceof Plan.Train train
                    ? Answer.of(train(command, train, model, monitor))
                    : Answer.of(evaluate(command, (Plan.Evaluate) command.plan(), model, monitor));
        } catch (TrainingCancelledException e) {
            throw e;
        } catch (RefusedException e) {
            return refuse(header, e);
        } catch (TrainingException e) {
            return refuse(header, new RefusedException("training-failed", String.valueOf(e.getMessage()), e));
        } catch (BlobStoreException | UncheckedIOException e) {
            return refuse(header, new RefusedException("storage-failed", String.valueOf(e.getMessage()), e));
        } catch (OutOfMemoryError e) {
            return refuse(
                    header,
                    new RefusedException(
                            "training-failed",
                            "out of memory (" + e.getMessage()
                                    + "); a smaller batch size or rank, or a larger heap, may help",
                            e));
        } catch (RuntimeException | LinkageError e) {
            LOG.error("plan {} failed", header.planId(), e);
            return refuse(header, new RefusedException("internal-error", e.toString(), e));
        }
    }

    private Answer refuse(Plan.Header header, RefusedException e) {
        LOG.warn(
                "refusing plan {} (job {}, round {}): {}: {}",
                header.planId(),
                header.job(),
                header.round(),
                e.reason(),
                e.getMessage());
        Refusal refusal = e.refusal(header, agent);
        return Answer.of(refusal);
    }

    private Update train(Message.Command command, Plan.Train plan, LocalModel model, WorkMonitor monitor) {
        Plan.Header header = plan.header();
        Dataset data = load(plan.model(), LocalDatasets.Split.TRAIN);
        try (FetchedState state = fetcher.fetch(command, plan.model().state(), monitor)) {
            steps.at(Step.FETCHED);
            Optional<Tensors> kept = kept(plan.model(), header);
            SeededTensors seeded = new SeededTensors(
                    model.descriptor(), plan.model().adapter(), plan.model().task(), plan.seed());
            TensorSource start = StartingTensors.build(plan.tensors(), state.parts(), kept, seeded);
            List<Prepared> around = prepare(plan, model, state, kept, data);
            List<TensorSource> ownFolds = new ArrayList<>();
            for (Prepared step : around) {
                step.fold(start).ifPresent(ownFolds::add);
                start = step.before(start);
            }
            Predicate<String> trains = tensor -> around.stream().allMatch(step -> step.trains(tensor));
            Workload workload = workload(plan.model(), model, state, start).withFolds(ownFolds);
            for (Prepared step : around) {
                workload = step.shift(start).map(workload::withShift).orElse(workload);
            }
            StartingTensors.checkShapes(start, model.descriptor(), plan.model().adapter());
            PrivateWork.Trained work =
                    work(plan, workload, trainable(plan.tensors(), start, trains), data, (done, total) -> {
                        CrashPoint.TRAINING.pass(done);
                        monitor.at(Progress.Phase.TRAINING, done, total);
                    });
            TrainingEngine.Trained trained = work.result();
            steps.at(Step.TRAINED);
            TensorSource result = new OverlaidTensors(trained.tensors(), start);
            for (Prepared step : around) {
                result = step.after(start, result);
            }
            Metrics told = trained.metrics();
            if (ClientContribution.wanted(plan)) {
                ClientContribution contribution = ClientContribution.of(plan, start, result);
                result = contribution.tensors();
                told = contribution.told(told);
            }
            List<Tensors> keptBeside = new ArrayList<>();
            for (Prepared step : around) {
                step.keeps(start, result).ifPresent(keptBeside::add);
            }
            UpdateSealer.Sealed sealed = sealer.seal(plan, start, result, trains, keptBeside);
            work.commit().run();
            return new Update(
                    header.planId(),
                    header.job(),
                    header.round(),
                    header.attempt(),
                    agent,
                    sealed.blob(),
                    sealed.layoutHash(),
                    plan.model().state().baseVersion(),
                    plan.model().state().version(),
                    told.examples(),
                    told,
                    state.bytes());
        }
    }

    private PrivateWork.Trained work(
            Plan.Train plan,
            Workload work,
            Set<String> trainable,
            Dataset data,
            TrainingEngine.ProgressListener progress) {
        if (trainable.isEmpty()) { // a plan for values that need no training
            long told = plan.protection().isOn() ? 1 : data.examples().size();
            Metrics examples = new Metrics(told, new TreeMap<>());
            return new PrivateWork.Trained(
                    new TrainingEngine.Trained(Tensors.copyOf(work.start()), examples), () -> {});
        }
        if (plan.protection().isOn() && !ClientContribution.wanted(plan)) {
            return privately.train(plan, work, trainable, data, progress);
        }
        return new PrivateWork.Trained(
                engine.train(work, trainable, plan.training(), plan.seed(), data, progress), () -> {});
    }

    private Evaluation evaluate(Message.Command command, Plan.Evaluate plan, LocalModel model, WorkMonitor monitor) {
        Plan.Header header = plan.header();
        for (TensorTerms term : plan.tensors()) {
            if (term.source() == TensorTerms.Source.SEED) {
                throw new RefusedException("bad-plan", "an evaluation cannot take " + term.role() + " from a seed");
            }
        }
        Dataset data = load(plan.model(), LocalDatasets.Split.TEST);
        try (FetchedState state = fetcher.fetch(command, plan.model().state(), monitor)) {
            steps.at(Step.FETCHED);
            SeededTensors none = new SeededTensors(
                    model.descriptor(), plan.model().adapter(), plan.model().task(), 0);
            TensorSource tensors =
                    StartingTensors.build(plan.tensors(), state.parts(), kept(plan.model(), header), none);
            StartingTensors.checkShapes(
                    tensors, model.descriptor(), plan.model().adapter());
            Workload work = workload(plan.model(), model, state, tensors);
            TrainingEngine.ProgressListener progress =
                    (done, total) -> monitor.at(Progress.Phase.EVALUATING, done, total);
            Metrics metrics = plan.protection().isOn() && !ClientContribution.wanted(plan)
                    ? privately.evaluate(
                            plan, work, data, () -> load(plan.model(), LocalDatasets.Split.TRAIN), progress)
                    : engine.evaluate(work, data, plan.batchSize(), progress);
            steps.at(Step.TRAINED);
            return new Evaluation(
                    header.planId(), header.job(), header.round(), header.attempt(), agent, metrics, state.bytes());
        }
    }

    private Dataset load(Plan.ModelState wanted, LocalDatasets.Split split) {
        Dataset data = site.datasets().load(wanted.task(), split);
        if (data.examples().isEmpty()) {
            throw new RefusedException(
                    "empty-dataset",
                    "dataset '" + wanted.task().dataset() + "' has no examples to "
                            + (split == LocalDatasets.Split.TRAIN ? "train on" : "evaluate on"));
        }
        return data;
    }

    private Optional<Tensors> kept(Plan.ModelState wanted, Plan.Header header) {
        return keptTensors.current(header.job(), wanted.state().version());
    }

    private List<Prepared> prepare(
            Plan.Train plan, LocalModel model, FetchedState state, Optional<Tensors> kept, Dataset data) {
        List<Prepared> around = new ArrayList<>();
        if (plan.operations().isEmpty()) {
            return around;
        }
        Tensors beside = StartingTensors.beside(state.parts());
        AgentOperation.Starts starts = new AgentOperation.Starts() {
            @Override
            public Tensors fromBase(AdapterConfig adapter) {
                return engine.startingValues(model.directory(), adapter);
            }

            @Override
            public Tensors fromStep(TensorSource start, double size) {
                return engine.startingValues(workload(plan.model(), model, state, start), data, size);
            }
        };
        for (Plan.Operation wanted : plan.operations()) {
            AgentOperation operation = site.operations().find(wanted.name()).orElseThrow();
            around.add(new Prepared(
                    operation,
                    new AgentOperation.Context(
                            plan, model.descriptor(), beside, kept.map(own -> own), starts, wanted.parameters())));
        }
        return around;
    }

    private static Workload workload(
            Plan.ModelState wanted, LocalModel model, FetchedState state, TensorSource tensors) {
        return new Workload(
                model.directory(),
                wanted.task(),
                wanted.adapter(),
                state.foldSources(),
                state.foldKey(),
                tensors,
                wanted.baseDtype());
    }

    private static Set<String> trainable(List<TensorTerms> terms, TensorSource start, Predicate<String> trains) {
        Set<TensorRole> roles = terms.stream()
                .filter(TensorTerms::trains)
                .map(TensorTerms::role)
                .collect(Collectors.toSet());
        return start.layout().names().stream()
                .filter(name -> roles.contains(TensorName.parse(name).role()) && trains.test(name))
                .collect(Collectors.toSet());
    }

    /** An operation of a plan; tensors that it does not fit refuse the plan. */
    private record Prepared(AgentOperation operation, AgentOperation.Context context) {
        Optional<TensorSource> fold(TensorSource start) {
            return run(() -> operation.fold(context, start));
        }

        TensorSource before(TensorSource start) {
            return run(() -> operation.before(context, start));
        }

        boolean trains(String tensor) {
            return operation.trains(context, tensor);
        }

        Optional<TensorSource> shift(TensorSource start) {
            return run(() -> operation.shift(context, start));
        }

        Optional<Tensors> keeps(TensorSource start, TensorSource trained) {
            return run(() -> operation.keeps(context, start, trained));
        }

        TensorSource after(TensorSource start, TensorSource trained) {
            return run(() -> operation.after(context, start, trained));
        }

        private <T> T run(Supplier<T> step) {
            try {
                return step.get();
            } catch (IllegalArgumentException e) {
                throw new RefusedException("bad-operation", operation.name() + ": " + e.getMessage(), e);
            }
        }
    }
}
