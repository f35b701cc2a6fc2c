package dev.tributary.agent;

import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.AgentConfigException;
import dev.tributary.agent.config.ModelSource;
import dev.tributary.agent.enrol.CertificateRenewal;
import dev.tributary.agent.enrol.Membership;
import dev.tributary.agent.execute.FileDatasets;
import dev.tributary.agent.execute.LocalDatasets;
import dev.tributary.agent.execute.LocalModel;
import dev.tributary.agent.execute.PlanExecutor;
import dev.tributary.agent.execute.PlanGate;
import dev.tributary.agent.execute.Site;
import dev.tributary.agent.execute.Step;
import dev.tributary.agent.execute.Stores;
import dev.tributary.agent.journal.AgentState;
import dev.tributary.agent.journal.Journal;
import dev.tributary.agent.journal.KeptTensors;
import dev.tributary.agent.journal.SentMessages;
import dev.tributary.agent.journal.WitnessedLog;
import dev.tributary.agent.policy.Approvals;
import dev.tributary.agent.policy.PolicyFile;
import dev.tributary.agent.policy.PolicyGate;
import dev.tributary.agent.policy.SitePolicy;
import dev.tributary.agent.privacy.SiteLedgers;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Problem;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealingKey;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.chain.OutboundChain;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.seal.MessageSealing;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.TrainingException;
import dev.tributary.training.packaged.PackagedModels;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Puts an agent together from its configuration. */
final class AgentAssembly {

    private AgentAssembly() {}

    static AgentRuntime assemble(AgentConfig config, AgentTransport transport, TrainingEngine engine, Seams seams) {
        List<Problem> problems = new ArrayList<>();
        SortedMap<String, LocalModel> models = models(config, engine, problems);
        LocalDatasets datasets = seams.datasets().orElseGet(() -> FileDatasets.read(config.datasets(), problems));
        if (!problems.isEmpty()) {
            throw new AgentConfigException("agent " + config.id() + " cannot start", problems);
        }
        Path directory = config.dataDir();
        SigningIdentity identity = identity(directory);
        MessageCodec codec = codec(config, identity);
        AgentState state = AgentState.open(directory);
        BlobStore received = new FileBlobStore(directory.resolve("received"));
        BlobStore sealed = new FileBlobStore(directory.resolve("sealed"));
        Journal journal = Journal.open(directory, received, sealed);
        KeptTensors kept = new KeptTensors(directory);
        Clock clock = seams.clock();
        PlanTrace trace = new PlanTrace(seams.tracing(), config.id(), clock);
        Step.Hook steps = trace.before(seams.steps());

        TaskQueue queue = new TaskQueue();
        Positions positions = new Positions();
        ProgressBoard board = new ProgressBoard(config.id(), queue);
        OutboundChain toCoordinator =
                new OutboundChain(codec, config.federation(), config.id().value(), Envelope.COORDINATOR);
        Outbox outbox = new Outbox(toCoordinator, transport, SentMessages.open(directory), clock);
        Optional<SitePolicy> policy = config.policy().map(PolicyFile::read);
        PlanExecutor executor = new PlanExecutor(
                config.id(),
                engine,
                gate(config, policy, datasets),
                new Site(models, datasets, seams.operations(), config.maxRank()),
                new Stores(journal, kept, received, sealed),
                transport,
                new SiteLedgers(directory, policy.flatMap(SitePolicy::privacyBudget), clock),
                clock,
                steps);
        AnswerSender sender = new AnswerSender(transport, outbox, journal, sealed, steps);
        Worker worker = new Worker(queue, executor, sender, journal, kept, state, positions, board, steps, trace);
        Optional<CertificateRenewal> renewal =
                Membership.in(directory).map(membership -> new CertificateRenewal(membership, clock));
        Supplier<AgentProfile> profile = () -> profile(config, engine, models, datasets, state);
        HeartbeatLoop heartbeats = new HeartbeatLoop(
                config.id(), outbox, board, profile, identity.fingerprint(), config.heartbeat(), renewal);
        Downlink downlink = new Downlink(
                codec, state, journal, kept, queue, positions, transport, renewal, WitnessedLog.open(directory));
        return new AgentRuntime(
                config.id(), transport, downlink, worker, heartbeats, queue, positions, board, journal, profile, clock);
    }

    private static PlanGate gate(AgentConfig config, Optional<SitePolicy> policy, LocalDatasets datasets) {
        return policy.<PlanGate>map(rules ->
                        new PolicyGate(rules, new Approvals(config.dataDir()), plan -> examples(plan, datasets)))
                .orElse(PlanGate.OPEN);
    }

    /** None of a dataset that is not here: such a plan is refused for that. */
    private static long examples(Plan plan, LocalDatasets datasets) {
        return plan instanceof Plan.Train train
                ? datasets.descriptors().stream()
                        .filter(own -> own.name().equals(train.model().task().dataset()))
                        .mapToLong(DatasetDescriptor::trainExamples)
                        .findFirst()
                        .orElse(0)
                : 0;
    }

    /** The agent's key pair, made at its first start. */
    static SigningIdentity identity(Path dataDirectory) {
        return SigningIdentity.loadOrCreate(dataDirectory.resolve("identity.pem"));
    }

    static MessageCodec codec(AgentConfig config, SigningIdentity identity) {
        Optional<Membership> membership = Membership.in(config.dataDir());
        PinnedKeys keys = membership.isPresent()
                ? PinnedKeys.inMemory()
                : PinnedKeys.in(config.dataDir().resolve("known-keys"));
        config.coordinatorKey().ifPresent(key -> keys.pin(Envelope.COORDINATOR, key));
        membership.ifPresent(m -> keys.pin(
                Envelope.COORDINATOR,
                HexFormat.of().formatHex(m.coordinator().signing().raw())));
        return new ProtobufMessageCodec(
                config.federation(),
                config.id().value(),
                identity,
                keys,
                membership.map(AgentAssembly::sealing).orElse(null));
    }

    private static MessageSealing sealing(Membership membership) {
        OpeningKey opening = membership.opening();
        SealingKey coordinator = membership.coordinator().sealing();
        return new MessageSealing(
                () -> opening,
                party -> party.equals(Envelope.COORDINATOR) ? Optional.of(coordinator) : Optional.empty());
    }

    private static SortedMap<String, LocalModel> models(
            AgentConfig config, TrainingEngine engine, List<Problem> problems) {
        TreeMap<String, LocalModel> models = new TreeMap<>();
        for (Map.Entry<String, ModelSource> entry : config.models().entrySet()) {
            String name = entry.getKey();
            try {
                Path directory = directory(name, entry.getValue());
                models.put(name, new LocalModel(engine.describe(name, directory), directory));
            } catch (TrainingException e) {
                problems.add(new Problem(
                        "models." + name,
                        0,
                        String.valueOf(e.getMessage()),
                        "Name a complete Hugging Face directory, or 'packaged' for one of " + PackagedModels.names()));
            }
        }
        return models;
    }

    private static Path directory(String name, ModelSource source) {
        return source.directory().orElseGet(() -> PackagedModels.resolve(name));
    }

    static ModelDescriptor model(String name, ModelSource source, TrainingEngine engine) {
        return engine.describe(name, directory(name, source));
    }

    private static AgentProfile profile(
            AgentConfig config,
            TrainingEngine engine,
            SortedMap<String, LocalModel> models,
            LocalDatasets datasets,
            AgentState state) {
        return new AgentProfile(
                config.id(),
                softwareVersion(),
                engine.device(),
                engine.memoryBytes(),
                config.maxRank(),
                state.tokensPerSecond(),
                models.values().stream().map(LocalModel::descriptor).toList(),
                datasets.descriptors());
    }

    static String softwareVersion() {
        return Optional.ofNullable(Agent.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
