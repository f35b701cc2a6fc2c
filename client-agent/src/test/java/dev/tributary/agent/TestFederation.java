package dev.tributary.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.ModelSource;
import dev.tributary.agent.execute.Step;
import dev.tributary.agent.operation.OperationCatalogue;
import dev.tributary.agent.privacy.SiteLedgers;
import dev.tributary.agent.testing.InMemoryDatasets;
import dev.tributary.agent.testing.ScriptedEngine;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Plan;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.TensorTerms.Send;
import dev.tributary.plan.TensorTerms.Source;
import dev.tributary.privacy.audit.CanaryAudit;
import dev.tributary.privacy.dp.PrivacyTermsReader;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.ledger.PrivacyLedger;
import dev.tributary.privacy.noise.BitSource;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.chain.ChainHead;
import dev.tributary.protocol.chain.InboundChain;
import dev.tributary.protocol.chain.OutboundChain;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.memory.InMemoryNetwork;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A coordinator's end held by the test, one agent, and the in-memory wire between them. */
final class TestFederation implements AutoCloseable {

    static final AgentId AGENT = new AgentId("amazon");
    static final JobId JOB = new JobId("support-tone-1");
    static final String QUERY = "encoder.layer.0.attention.self.query";
    static final String A = QUERY + TensorRole.LORA_A.suffix();
    static final String B = QUERY + TensorRole.LORA_B.suffix();
    static final TensorTerms SHARED_A = new TensorTerms(TensorRole.LORA_A, Source.SERVER, true, Send.VALUE, false);
    static final TensorTerms SHARED_B = new TensorTerms(TensorRole.LORA_B, Source.SERVER, true, Send.VALUE, false);

    final CountingEngine engine = new CountingEngine();
    final List<Message> received = new ArrayList<>();
    final List<byte[]> receivedBytes = new ArrayList<>();
    final List<Long> sequences = new ArrayList<>();
    final FileBlobStore coordinatorBlobs;
    final InMemoryNetwork network;
    private final Path directory;
    private final CoordinatorTransport coordinator;
    private final MessageCodec codec;
    private final ModelDescriptor model = engine.describe("minilm", Path.of("."));
    private ChainHead sent = ChainHead.START;
    private final InboundChain fromAgent = new InboundChain(AGENT.value(), ChainHead.START);
    long epoch = 1;

    TestFederation(Path directory) {
        this.directory = directory;
        this.network = new InMemoryNetwork(directory.resolve("spool"));
        this.coordinatorBlobs = new FileBlobStore(directory.resolve("coordinator"));
        this.coordinator = network.coordinator(coordinatorBlobs);
        coordinator.start(Map.of());
        this.codec = new ProtobufMessageCodec(
                "demo", Envelope.COORDINATOR, SigningIdentity.ephemeral(), PinnedKeys.inMemory());
    }

    AgentConfig config() {
        AgentConfig defaults = AgentConfig.of(
                AGENT,
                "demo",
                "unused:9092",
                directory.resolve("agent"),
                Map.of("minilm", ModelSource.in(directory)),
                Map.of());
        return new AgentConfig(
                AGENT,
                defaults.federation(),
                defaults.kafka(),
                defaults.coordinatorKey(),
                defaults.dataDir(),
                defaults.models(),
                defaults.datasets(),
                defaults.training(),
                8,
                Duration.ofMillis(300),
                defaults.policy());
    }

    Agent startAgent() {
        return startAgent(Step.Hook.NONE);
    }

    Agent startAgent(Step.Hook steps) {
        return startAgent(config(), network.agent(AGENT), steps, OperationCatalogue.standard());
    }

    Agent startAgent(AgentConfig config, AgentTransport transport, Step.Hook steps, OperationCatalogue operations) {
        return Agent.start(
                config,
                transport,
                engine,
                new Seams(
                        Clock.systemUTC(),
                        steps,
                        operations,
                        Optional.of(InMemoryDatasets.classification("reviews", 40, 10))));
    }

    /** Publishes a state with the given tensors in one part. */
    StateRef state(int version, Tensors tensors) {
        Path file = coordinatorBlobs.workDirectory().resolve("state.safetensors");
        SafetensorsWriter.write(file, tensors, Map.of());
        BlobRef blob = coordinatorBlobs.put(file);
        return new StateRef(version, new TreeMap<>(Map.of("adapter", blob)), List.of(), new TreeMap<>());
    }

    /** A state whose one part holds the given bytes, whatever they are. */
    StateRef stateOf(int version, byte[] bytes) {
        try {
            Path file = coordinatorBlobs.workDirectory().resolve("state.safetensors");
            java.nio.file.Files.write(file, bytes);
            BlobRef blob = coordinatorBlobs.put(file);
            return new StateRef(version, new TreeMap<>(Map.of("adapter", blob)), List.of(), new TreeMap<>());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Tensors pair(float a, float b) {
        return Tensors.builder()
                .put(A, filled(2 * 3, a), 2, 3)
                .put(B, filled(4 * 2, b), 4, 2)
                .build();
    }

    static float[] filled(int size, float value) {
        float[] values = new float[size];
        Arrays.fill(values, value);
        return values;
    }

    Plan.Train train(String planId, int round, StateRef state, TensorTerms... terms) {
        return new Plan.Train(
                header(planId, round), modelState(state), List.of(terms), List.of(), settings(), "fp32", 7 + round);
    }

    Plan.Evaluate evaluate(String planId, int round, StateRef state, TensorTerms... terms) {
        return new Plan.Evaluate(header(planId, round), modelState(state), List.of(terms), 16);
    }

    /** With differential privacy at epsilon 8 over {@code rounds} rounds. */
    Plan.Train trainPrivately(String planId, int round, int rounds, StateRef state, TensorTerms... terms) {
        Plan.Train open = train(planId, round, state, terms);
        return new Plan.Train(
                open.header(),
                open.model(),
                open.tensors(),
                open.operations(),
                open.training(),
                open.uploadDtype(),
                open.seed(),
                protection(rounds));
    }

    /** The same at epsilon 1 over two rounds, with canaries. */
    Plan.Train trainWithCanaries(String planId, int round, StateRef state, TensorTerms... terms) {
        Plan.Train open = trainPrivately(planId, round, 2, state, terms);
        TreeMap<String, String> privacy =
                new TreeMap<>(open.protection().privacy().terms());
        privacy.put("canaries", "1000");
        privacy.put("epsilon", "1");
        return new Plan.Train(
                open.header(),
                open.model(),
                open.tensors(),
                open.operations(),
                open.training(),
                open.uploadDtype(),
                open.seed(),
                new Plan.Protection(new Job.Privacy("example", privacy), 2));
    }

    /** For noise on whole clients, to be added by the coordinator. */
    Plan.Train trainAsClient(String planId, double clip, StateRef state, TensorTerms... terms) {
        Plan.Train open = train(planId, 1, state, terms);
        Map<String, String> privacy = Map.of(
                "trust", "central",
                "relation", "add-remove",
                "sampling", "full",
                "clipping", "fixed",
                "clip", String.valueOf(clip),
                "weights", "uniform",
                "epsilon", "8",
                "delta", "1e-3");
        return new Plan.Train(
                open.header(),
                open.model(),
                open.tensors(),
                open.operations(),
                open.training(),
                open.uploadDtype(),
                open.seed(),
                new Plan.Protection(new Job.Privacy("client", new TreeMap<>(privacy)), 1));
    }

    Plan.Evaluate evaluatePrivately(String planId, int round, int rounds, StateRef state, TensorTerms... terms) {
        Plan.Evaluate open = evaluate(planId, round, state, terms);
        return new Plan.Evaluate(open.header(), open.model(), open.tensors(), open.batchSize(), protection(rounds));
    }

    static Plan.Protection protection(int rounds) {
        return new Plan.Protection(
                new Job.Privacy(
                        "example",
                        new TreeMap<>(Map.of(
                                "trust", "local",
                                "relation", "add-remove",
                                "sampling", "poisson",
                                "sampling-rate", "0.25",
                                "clipping", "fixed",
                                "clip", "1",
                                "weights", "uniform",
                                "epsilon", "8",
                                "delta", "1e-3"))),
                rounds);
    }

    /** The ledger of the examples that {@link #protection} covers. */
    PrivacyLedger ledger(boolean heldOut) {
        return new SiteLedgers(directory.resolve("agent"), Optional.empty(), Clock.systemUTC())
                .open(
                        new SiteLedgers.Data("reviews", heldOut),
                        PrivacyTermsReader.read(protection(1).privacy()));
    }

    static Plan.Header header(String planId, int round) {
        return new Plan.Header(planId, JOB, round, 1, Instant.now().plus(Duration.ofMinutes(5)));
    }

    Plan.ModelState modelState(StateRef state) {
        Job.Task task =
                new Job.Task("sequence-classification", List.of("negative", "positive"), "reviews", 128, "mean");
        return new Plan.ModelState(
                "minilm",
                model.weightsSha256(),
                model.tokenizerSha256(),
                task,
                AdapterConfig.lora(2, 4, List.of("query")),
                state);
    }

    static Job.Training settings() {
        return new Job.Training(1, 0, 16, 1, 1e-3, 5e-3, "adamw", 0.01, 0, 0, "constant", 0);
    }

    void order(Plan plan) {
        StateRef state = plan instanceof Plan.Train train
                ? train.model().state()
                : ((Plan.Evaluate) plan).model().state();
        List<BlobLocation> locations = java.util.stream.Stream.concat(
                        state.parts().values().stream(), state.folds().stream().map(dev.tributary.plan.FoldRef::blob))
                .map(blob -> coordinator.publish(blob, coordinatorBlobs.path(blob)))
                .toList();
        send(new Message.Command(plan, locations, epoch));
    }

    void verdict(String planId, int round, boolean accepted) {
        send(new Message.Verdict(planId, JOB, round, accepted, accepted ? "" : "norm", epoch));
    }

    void send(Message message) {
        sendRaw(sealed(message));
    }

    byte[] sealed(Message message) {
        byte[] signed = new OutboundChain(codec, "demo", Envelope.COORDINATOR, AGENT.value())
                .seal(sent, Instant.now(), message);
        sent = ChainHead.of(sent.sequence() + 1, signed);
        return signed;
    }

    void sendRaw(byte[] signed) {
        coordinator.send(AGENT, signed);
    }

    /** The next message of a kind from the agent, in the order of arrival; others are kept in {@link #received}. */
    <T extends Message> T await(Class<T> type) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < deadline) {
            for (Message message : pollOnce(Duration.ofMillis(200))) {
                if (type.isInstance(message)) {
                    return type.cast(message);
                }
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " came; received: " + received);
    }

    private final List<Message> unread = new ArrayList<>();

    private List<Message> pollOnce(Duration timeout) {
        if (unread.isEmpty()) {
            for (CoordinatorTransport.FromAgent from : coordinator.poll(timeout)) {
                Envelope envelope = codec.open(AGENT.value(), from.signed());
                if (fromAgent.accept(envelope, from.signed()) == InboundChain.Link.REPEATED) {
                    continue;
                }
                receivedBytes.add(from.signed());
                sequences.add(envelope.sequence());
                received.add(envelope.message());
                unread.add(envelope.message());
            }
        }
        return unread.isEmpty() ? List.of() : List.of(unread.remove(0));
    }

    /** Everything that has arrived by now. */
    List<Message> drain() {
        List<Message> all = new ArrayList<>();
        List<Message> next = pollOnce(Duration.ofMillis(1));
        while (!next.isEmpty()) {
            all.addAll(next);
            next = pollOnce(Duration.ofMillis(1));
        }
        return all;
    }

    <T extends Message> List<T> receivedOf(Class<T> type) {
        drain();
        return received.stream().filter(type::isInstance).map(type::cast).toList();
    }

    Tensors blob(BlobRef blob) {
        assertThat(coordinatorBlobs.has(blob)).as("blob of the update").isTrue();
        try (SafetensorsFile file = SafetensorsFile.open(coordinatorBlobs.path(blob))) {
            return Tensors.copyOf(file);
        }
    }

    static float[] read(TensorSource source, String name) {
        return source.read(name);
    }

    @Override
    public void close() {
        coordinator.close();
        engine.close();
    }

    /** Counts trainings, and lets a test act in the midst of one. */
    static final class CountingEngine extends ScriptedEngine {
        final AtomicInteger trainings = new AtomicInteger();
        final AtomicInteger evaluations = new AtomicInteger();
        final AtomicInteger batches = new AtomicInteger();
        volatile Tensors start = Tensors.builder().build();
        volatile Set<String> trainable = Set.of();
        volatile String foldKey = "";
        volatile List<List<String>> folds = List.of();
        volatile Runnable beforeTraining = () -> {};
        volatile Runnable afterBatch = () -> {};
        /** Whether the pretended model knows its training examples by heart; there are more of them than held out. */
        volatile boolean memorised;

        CountingEngine() {
            super(Map.of(QUERY, new ModelDescriptor.LinearShape(4, 3)), 3);
        }

        @Override
        public Judgement judge(Workload work, Dataset data, int batchSize, ProgressListener progress) {
            Judgement judged = super.judge(work, data, batchSize, progress);
            if (memorised && data.examples().size() > 20) {
                Arrays.fill(judged.losses(), 0);
            }
            return judged;
        }

        @Override
        protected Optional<CanaryAudit.Scores> canaries(int count, BitSource bits) {
            Optional<CanaryAudit.Scores> scores = super.canaries(count, bits);
            if (memorised) {
                scores.ifPresent(all -> Arrays.setAll(all.values(), i -> all.included()[i] ? 1 : 0));
            }
            return scores;
        }

        @Override
        public Trained train(
                Workload work,
                Set<String> trainable,
                Job.Training settings,
                long seed,
                Dataset data,
                ProgressListener progress) {
            trainings.incrementAndGet();
            start = Tensors.copyOf(work.start());
            this.trainable = Set.copyOf(trainable);
            this.foldKey = work.foldKey();
            this.folds = work.folds().stream()
                    .map(fold -> List.copyOf(fold.layout().names()))
                    .toList();
            beforeTraining.run();
            return super.train(work, trainable, settings, seed, data, (done, total) -> {
                batches.incrementAndGet();
                progress.progress(done, total);
                afterBatch.run();
            });
        }

        @Override
        public Metrics evaluate(Workload work, Dataset data, int batchSize, ProgressListener progress) {
            evaluations.incrementAndGet();
            start = Tensors.copyOf(work.start());
            return super.evaluate(work, data, batchSize, progress);
        }
    }
}
