package dev.tributary.coordinator.round;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.Evaluation;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Progress;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.Update;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.chain.ChainHead;
import dev.tributary.protocol.chain.OutboundChain;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.memory.InMemoryNetwork;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An agent without a trainer: answers plans with made-up tensors of the right layout, or misbehaves as scripted. */
public final class ScriptedAgent implements Runnable, AutoCloseable {

    public static final String FEDERATION = "test";

    /** What the agent does with a training plan. */
    public enum Act {
        ANSWER,
        ANSWER_TWICE,
        SWAP_CONTENT,
        WRONG_LAYOUT,
        NAN,
        REFUSE,
        IGNORE,
        /** Answer when {@link #release} was called. */
        LATER,
        DIE
    }

    /** Decides what to do with each training plan. */
    @FunctionalInterface
    public interface Script {
        Act act(Plan.Train plan);
    }

    private final AgentId id;
    private final Path directory;
    private final AgentTransport transport;
    private final MessageCodec codec;
    private final FileBlobStore blobs;
    private final SigningIdentity identity;
    private final Script script;
    private final Thread thread;
    private final Queue<Message> heard = new ConcurrentLinkedQueue<>();
    private final Queue<Plan.Train> later = new ConcurrentLinkedQueue<>();
    private volatile boolean released;
    private volatile boolean stopped;
    private ChainHead head;

    public ScriptedAgent(InMemoryNetwork network, AgentId id, Path directory, Script script) {
        this.id = id;
        this.directory = createDirectory(directory);
        this.transport = network.agent(id);
        this.head = headFile().exists() ? readHead() : ChainHead.START;
        this.identity = SigningIdentity.loadOrCreate(directory.resolve("key.pem"));
        this.codec = new ProtobufMessageCodec(FEDERATION, id.value(), identity, PinnedKeys.inMemory());
        this.blobs = new FileBlobStore(directory);
        this.script = script;
        this.thread = new Thread(this, "scripted-" + id);
        thread.setDaemon(true);
        thread.start();
    }

    private static Path createDirectory(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets it answer what it put off. */
    public void release() {
        released = true;
    }

    /** Everything the coordinator sent so far. */
    public List<Message> heard() {
        return List.copyOf(heard);
    }

    public static AgentProfile profile(AgentId id) {
        return new AgentProfile(
                id,
                "test",
                "cpu",
                1 << 30,
                64,
                0,
                List.of(Jobs.model()),
                List.of(new DatasetDescriptor(
                        "reviews", "sequence-classification", 2, List.of("text", "label"), 100, 50)));
    }

    @Override
    public void run() {
        send(new Message.Register(profile(id), identity.fingerprint()));
        Instant beat = Instant.EPOCH;
        while (!stopped) {
            if (Duration.between(beat, Instant.now()).toMillis() > 100) {
                beat = Instant.now();
                quietly(() -> send(new Message.Heartbeat(id, List.of())));
            }
            while (released && !later.isEmpty()) {
                answer(later.remove(), Act.ANSWER, 1);
            }
            for (AgentTransport.Received received : transport.poll(Duration.ofMillis(50))) {
                Message message =
                        codec.open(Envelope.COORDINATOR, received.signed()).message();
                heard.add(message);
                if (message instanceof Message.Command command) {
                    quietly(() -> carryOut(command));
                }
                if (stopped) {
                    return; // died before it acknowledged
                }
                transport.acknowledge(received.position());
            }
        }
    }

    private static void quietly(Runnable action) {
        try {
            action.run();
        } catch (TransportException e) {
            Thread.onSpinWait(); // the network is cut; the coordinator will notice
        }
    }

    private void carryOut(Message.Command command) {
        command.blobs().forEach(location -> transport.download(location, blobs, (bytes, total) -> {}));
        if (command.plan() instanceof Plan.Train plan) {
            train(plan, script.act(plan));
        } else if (command.plan() instanceof Plan.Evaluate plan) {
            Plan.Header h = plan.header();
            double accuracy = 0.5 + h.round() / 100.0 + id.value().length() / 1000.0;
            Metrics metrics = new Metrics(50, new TreeMap<>(Map.of("accuracy", accuracy, "loss", 1 - accuracy)));
            send(new Message.EvaluationReady(
                    new Evaluation(h.planId(), h.job(), h.round(), h.attempt(), id, metrics, 10)));
        }
    }

    private void train(Plan.Train plan, Act act) {
        Plan.Header h = plan.header();
        switch (act) {
            case IGNORE -> {}
            case LATER -> later.add(plan);
            case DIE -> stopped = true;
            case REFUSE ->
                send(new Message.PlanRefused(
                        new Refusal(h.planId(), h.job(), h.round(), h.attempt(), id, "policy", "not today")));
            case ANSWER_TWICE -> {
                answer(plan, Act.ANSWER, 1);
                answer(plan, Act.ANSWER, 1);
            }
            case SWAP_CONTENT -> {
                answer(plan, Act.ANSWER, 1);
                answer(plan, Act.ANSWER, 2);
            }
            default -> answer(plan, act, 1);
        }
    }

    private void answer(Plan.Train plan, Act act, int salt) {
        Plan.Header h = plan.header();
        send(new Message.Heartbeat(
                id, List.of(new Progress(h.planId(), h.job(), h.round(), id, Progress.Phase.TRAINING, 1, 2))));
        Path file = directory.resolve("work").resolve("update-" + h.round() + "-" + salt + ".safetensors");
        Layout layout = layout(plan, act == Act.WRONG_LAYOUT);
        try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, Map.of())) {
            for (TensorInfo info : layout.tensors().values()) {
                float[] values = new float[Math.toIntExact(info.elements())];
                Random random =
                        new Random(info.name().hashCode() * 31L + id.value().hashCode() + h.round() * 7L + salt);
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian() * 0.1f;
                }
                if (act == Act.NAN) {
                    values[values.length / 2] = Float.NaN;
                }
                writer.write(info.name(), values);
            }
        }
        BlobRef blob = blobs.put(file);
        transport.upload(blob, blobs.path(blob), (bytes, total) -> {});
        send(new Message.UpdateReady(new Update(
                h.planId(),
                h.job(),
                h.round(),
                h.attempt(),
                id,
                blob,
                layout.hash(),
                plan.model().state().baseVersion(),
                plan.model().state().version(),
                100,
                new Metrics(100, new TreeMap<>(Map.of("loss", 0.5))),
                1000)));
    }

    private Layout layout(Plan.Train plan, boolean wrong) {
        List<TensorInfo> infos = new ArrayList<>();
        for (BlobRef part : plan.model().state().parts().values()) {
            try (SafetensorsFile file = SafetensorsFile.open(blobs.path(part))) {
                for (TensorInfo info : file.layout().tensors().values()) {
                    boolean sent = plan.tensors().stream()
                            .anyMatch(t ->
                                    t.role() == TensorName.parse(info.name()).role()
                                            && t.send() != TensorTerms.Send.NOTHING);
                    if (sent) {
                        infos.add(info);
                    }
                }
            }
        }
        if (wrong) {
            infos.set(0, new TensorInfo(infos.get(0).name(), DType.F32, List.of(3, 5)));
        }
        return Layout.of(infos);
    }

    private void send(Message message) {
        byte[] signed = new OutboundChain(codec, FEDERATION, id.value(), Envelope.COORDINATOR)
                .seal(head, Instant.now(), message);
        head = ChainHead.of(head.sequence() + 1, signed);
        try {
            Files.writeString(headFile().toPath(), head.sequence() + " " + head.hash());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        transport.send(signed);
    }

    private File headFile() {
        return directory.resolve("head").toFile();
    }

    private ChainHead readHead() {
        try {
            String[] parts = Files.readString(headFile().toPath()).split(" ");
            return new ChainHead(Long.parseLong(parts[0]), parts[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        transport.close();
    }
}
