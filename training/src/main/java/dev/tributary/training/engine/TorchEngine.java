package dev.tributary.training.engine;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.noise.BitSource;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.TrainingException;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.lora.WeightInitialisation;
import dev.tributary.training.model.Adapters;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Gpu;
import dev.tributary.training.model.Gpus;
import dev.tributary.training.model.Hashes;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.model.Transformer;
import dev.tributary.training.model.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;

/**
 * Training on libtorch. Safe for concurrent use: every call works on the calling thread and up to {@code threads − 1}
 * others, and shares only the frozen base. The same work, seed and number of threads give the same bytes on
 * the same kind of processor. On several GPUs each has a thread and the base of its own, and every batch is split among them.
 */
public final class TorchEngine implements TrainingEngine {

    private final int threads;
    private final List<Device> devices;
    private final List<Gpu> gpus;
    private final Map<Path, List<BaseModel>> models = new HashMap<>();
    private boolean closed;

    /** An engine with one thread fewer than there are cores, at least one. */
    public TorchEngine() {
        this(NativeRuntime.defaultThreads());
    }

    /** @param threads threads of one training; several trainings at once run fastest with one thread each */
    public TorchEngine(int threads) {
        this(threads, Device.CPU);
    }

    public TorchEngine(int threads, Device device) {
        this(threads, List.of(device));
    }

    /**
     * @param threads that a training on the processor may use; one on GPUs uses one for each
     * @param devices the processor, or GPUs that share every training
     */
    public TorchEngine(int threads, List<Device> devices) {
        if (threads < 1) {
            throw new IllegalArgumentException("training.threads must be ≥ 1, was " + threads);
        }
        if (devices.isEmpty()) {
            throw new IllegalArgumentException("an engine needs a device");
        }
        this.devices = List.copyOf(devices);
        List<Gpu> found = devices.stream().anyMatch(Device::isCuda) ? Gpus.all() : List.of();
        this.gpus = devices.stream()
                .filter(Device::isCuda)
                .map(device -> found.get(device.index()))
                .toList();
        this.threads = devices.size() == 1 && gpus.isEmpty() ? threads : devices.size();
        NativeRuntime.prepare();
    }

    @Override
    public String device() {
        return gpus.isEmpty()
                ? "cpu"
                : gpus.stream()
                        .map(gpu -> "cuda:" + gpu.index() + " " + gpu.name())
                        .collect(Collectors.joining(", "));
    }

    /** Of the smallest GPU: each holds the whole base. */
    @Override
    public long memoryBytes() {
        return gpus.stream().mapToLong(Gpu::memoryBytes).min().orElseGet(TrainingEngine.super::memoryBytes);
    }

    @Override
    public ModelDescriptor describe(String name, Path directory) {
        BaseModel base = model(directory);
        NativeRuntime.enter(threads);
        try (PointerScope scope = new PointerScope()) {
            Weights weights = new Weights(base.unfolded(), Adapters.NONE);
            Transformer body = base.family().body().create(base.config(), weights);
            weights.refuseExtras(base.family().otherTensors());
            TreeMap<String, ModelDescriptor.LinearShape> linears = new TreeMap<>();
            weights.linears()
                    .forEach((path, linear) ->
                            linears.put(path, new ModelDescriptor.LinearShape(linear.out(), linear.in())));
            return new ModelDescriptor(
                    name,
                    base.config().architecture(),
                    Hashes.weights(directory),
                    Hashes.tokenizer(directory),
                    linears,
                    body.hiddenSize(),
                    body.maxPositions());
        }
    }

    /**
     * Initial values that depend on the base's weights (PiSSA, OLoRA, LoRA-XS, DoRA), and the fold that goes with them.
     *
     * @throws TrainingException if {@code adapter} targets no module of the model
     */
    public WeightInitialisation initialise(Path directory, AdapterConfig adapter) {
        ModelDescriptor descriptor = describe("", directory);
        BaseModel base = model(directory);
        try (PointerScope scope = new PointerScope()) {
            Weights weights = new Weights(base.unfolded(), Adapters.NONE);
            base.family().body().create(base.config(), weights);
            List<Linear> targets = descriptor.select(adapter.targetModules()).stream()
                    .map(path -> Objects.requireNonNull(weights.linears().get(path)))
                    .toList();
            if (targets.isEmpty()) {
                throw new TrainingException("adapter.target-modules " + adapter.targetModules()
                        + " match no module of " + directory + "; its modules end in "
                        + descriptor.linearModules().keySet().stream()
                                .map(path -> path.substring(path.lastIndexOf('.') + 1))
                                .distinct()
                                .toList());
            }
            return WeightInitialisation.of(adapter, targets);
        }
    }

    @Override
    public Tensors startingValues(Path directory, AdapterConfig adapter) {
        Tensors values = initialise(directory, adapter).tensors();
        if (values.layout().names().isEmpty()) {
            throw new TrainingException("adapter.type " + adapter.type() + " takes no values from the base's weights");
        }
        return values;
    }

    @Override
    public Tensors startingValues(Workload work, Dataset data, double size) {
        return FirstStep.of(this, work, data, size);
    }

    @Override
    public Trained train(
            Workload work,
            Set<String> trainable,
            Job.Training settings,
            long seed,
            Dataset data,
            ProgressListener progress) {
        return session(work, trainable, workers(settings), data, session -> {
            Metrics metrics = new TrainingRun(session.models(), session.workers(), settings, work.shift())
                    .run(session.examples(), seed, progress);
            return new Trained(session.values(), session.memory().addTo(metrics));
        });
    }

    @Override
    public Trained trainPrivately(
            Workload work,
            Set<String> trainable,
            Job.Training settings,
            ExampleRelease release,
            BitSource bits,
            Dataset data,
            ProgressListener progress) {
        return session(work, trainable, workers(settings), data, session -> {
            PrivateRun run = new PrivateRun(session.models(), session.workers(), settings, release, bits);
            Metrics metrics = run.run(session.examples(), progress);
            return new Trained(session.values(), metrics, run.canaries());
        });
    }

    /** A batch is never split among more workers than it has examples. */
    private int workers(Job.Training settings) {
        return Math.min(threads, Math.max(1, settings.batchSize()));
    }

    @Override
    public Judgement judge(Workload work, Dataset data, int batchSize, ProgressListener progress) {
        return session(
                work,
                Set.of(),
                threads,
                data,
                session -> EvaluationRun.judge(
                        session.models(), session.workers(), session.examples(), batchSize, progress));
    }

    @Override
    public Metrics evaluate(Workload work, Dataset data, int batchSize, ProgressListener progress) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch size must be ≥ 1, was " + batchSize);
        }
        return session(
                work,
                Set.of(),
                threads,
                data,
                session -> EvaluationRun.run(
                        session.models(), session.workers(), session.examples(), batchSize, progress));
    }

    /**
     * Class scores before the softmax.
     *
     * @return (texts, labels)
     * @throws TrainingException if {@code work} is not a classification
     */
    public float[][] logits(Workload work, List<String> texts) {
        if (!work.task().isClassification()) {
            throw new TrainingException(
                    "task.type is " + work.task().type() + "; logits of texts need a classification");
        }
        List<Dataset.Example> unlabelled =
                texts.stream().map(text -> new Dataset.Example(text, 0)).toList();
        return session(work, Set.of(), 1, () -> unlabelled, session -> {
            float[][] logits = new float[texts.size()][];
            for (Encoded example : session.examples()) {
                logits[example.index()] = EvaluationRun.logits(session.model(), example);
            }
            return logits;
        });
    }

    /** Everything one piece of work needs, alive while its body runs. */
    private record Session(DeviceMemory memory, List<TaskModel> models, Workers workers, List<Encoded> examples) {

        TaskModel model() {
            return models.get(0);
        }

        Tensors values() {
            return model().adapter().values();
        }
    }

    private <T> T session(
            Workload work, Set<String> trainable, int workerCount, Dataset data, Function<Session, T> body) {
        List<BaseModel> bases = models(work.modelDirectory());
        int used = Math.min(bases.size(), workerCount);
        try (DeviceMemory memory = DeviceMemory.of(devices.subList(0, used));
                Workers workers = new Workers(workerCount);
                Leases leases = Leases.of(bases.subList(0, used), work);
                PointerScope scope = new PointerScope()) {
            BaseModel base = bases.get(0);
            List<TaskModel> models = new ArrayList<>();
            for (int i = 0; i < used; i++) {
                models.add(TaskModel.of(bases.get(i), leases.tensors(i), work, trainable));
            }
            TaskModel model = models.get(0);
            List<Encoded> examples = Encoded.all(data, base.tokenizer(), work.task(), model.body());
            while (!trainable.isEmpty() && models.size() < workers.count()) {
                models.add(model.withOwnGradients(base, leases.tensors(0), work.task()));
            }
            return body.apply(new Session(memory, models, workers, examples));
        } catch (RuntimeException e) {
            throw DeviceMemory.explained(e);
        }
    }

    /** Whether any engine of this JVM is computing; a process must not end by {@code System.exit} meanwhile. */
    public static boolean isComputing() {
        return BaseModel.anyLent();
    }

    private BaseModel model(Path directory) {
        return models(directory).get(0);
    }

    /** One for each device. */
    private synchronized List<BaseModel> models(Path directory) {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        return models.computeIfAbsent(
                directory.toAbsolutePath().normalize(),
                path -> devices.stream()
                        .map(device -> BaseModel.acquire(path, device))
                        .toList());
    }

    @Override
    public synchronized void close() {
        closed = true;
        models.values().forEach(each -> each.forEach(BaseModel::release));
        models.clear();
    }
}
