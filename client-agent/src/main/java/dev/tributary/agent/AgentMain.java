package dev.tributary.agent;

import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.AgentConfigException;
import dev.tributary.agent.config.AgentConfigFile;
import dev.tributary.agent.config.ModelSource;
import dev.tributary.agent.enrol.Membership;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Problem;
import dev.tributary.privacy.seal.ContentKey;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.kafka.KafkaAgentTransport;
import dev.tributary.protocol.kafka.KafkaSettings;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.TrainingException;
import dev.tributary.training.engine.TorchEngine;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Gpus;
import dev.tributary.training.model.NativeRuntime;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An agent as a process of its own, on Kafka and libtorch. */
public final class AgentMain {

    private AgentMain() {}

    /**
     * Runs the agent that a file describes until it ends; a process that is told to stop closes it first.
     *
     * @throws dev.tributary.agent.yaml.YamlFileException if the file has problems, all at once
     * @throws AgentConfigException if the agent cannot start as configured
     * @throws IllegalStateException if the agent ended from a failure
     */
    public static void run(Path configFile) throws InterruptedException {
        AgentConfig config = AgentConfigFile.read(configFile);
        try (TrainingEngine engine = engine(config);
                Agent agent = start(config, engine)) {
            Thread stop = new Thread(agent::close, "agent-" + agent.id() + "-stop");
            Runtime.getRuntime().addShutdownHook(stop);
            agent.awaitEnd();
            if (agent.failure().isPresent()) {
                throw new IllegalStateException(
                        "agent " + agent.id() + " ended: " + agent.failure().get(),
                        agent.failure().get());
            }
        }
    }

    /** Starts an agent over Kafka. The engine stays the caller's. */
    public static Agent start(AgentConfig config, TrainingEngine engine) {
        return Agent.start(config, transport(config), engine);
    }

    /** The engine that the configuration asks for. */
    public static TrainingEngine engine(AgentConfig config) {
        List<Device> devices;
        try {
            devices = Gpus.chooseAll(config.training().device());
        } catch (TrainingException e) {
            throw new AgentConfigException(
                    "agent " + config.id() + " cannot start",
                    List.of(new Problem(
                            "training.device",
                            0,
                            String.valueOf(e.getMessage()),
                            "Write cpu, or auto to use the processor where no GPU can be used")));
        }
        if (devices.get(0).isCuda()) {
            NativeRuntime.setDeterministic(config.training().deterministic());
        }
        int threads = config.training().threads();
        return new TorchEngine(threads == 0 ? NativeRuntime.defaultThreads() : threads, devices);
    }

    /** How the agent's clients reach the broker. */
    public static KafkaSettings kafkaSettings(AgentConfig config) {
        return KafkaSettings.of(config.kafka().bootstrapServers(), config.federation())
                .withClient(client(config));
    }

    /** By its certificate, where the broker asks for one; settings of the configuration win. */
    private static Map<String, Object> client(AgentConfig config) {
        Map<String, Object> client = new TreeMap<>();
        Membership.in(config.dataDir())
                .filter(Membership::brokerTls)
                .ifPresent(membership -> client.putAll(KafkaSettings.tls(membership.tlsFile())));
        client.putAll(config.kafka().properties());
        return client;
    }

    /** Looks into a base model as the agent does at its start. @throws TrainingException if it cannot be used */
    public static ModelDescriptor model(String name, ModelSource source, TrainingEngine engine) {
        return AgentAssembly.model(name, source, engine);
    }

    static AgentTransport transport(AgentConfig config) {
        Path directory = config.dataDir();
        MessageCodec codec = AgentAssembly.codec(config, AgentAssembly.identity(directory));
        KafkaSettings settings = kafkaSettings(config);
        ContentKey contentKeys = Membership.in(directory)
                .map(membership -> ContentKey.loadOrCreate(directory.resolve("content.key")))
                .orElse(null);
        return new KafkaAgentTransport(
                settings, config.id(), codec, contentKeys, directory.resolve("transport"), Clock.systemUTC());
    }
}
