package dev.tributary.agent;

import static dev.tributary.agent.TestFederation.A;
import static dev.tributary.agent.TestFederation.B;
import static dev.tributary.agent.TestFederation.SHARED_A;
import static dev.tributary.agent.TestFederation.SHARED_B;
import static dev.tributary.agent.TestFederation.pair;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.Tensors;
import dev.tributary.agent.journal.KeptTensors;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.TensorTerms.Send;
import dev.tributary.plan.TensorTerms.Source;
import dev.tributary.plan.Update;
import dev.tributary.protocol.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PersonalTensorsTest {

    private static final TensorTerms PERSONAL_B =
            new TensorTerms(TensorRole.LORA_B, Source.KEPT, true, Send.NOTHING, true);

    @TempDir
    private Path directory;

    private TestFederation federation;
    private Agent agent;

    @BeforeEach
    void begin() {
        federation = new TestFederation(directory);
        agent = federation.startAgent();
    }

    @AfterEach
    void end() {
        agent.close();
        federation.close();
    }

    @Test
    void theFirstRoundStartsFromTheServersCopy() {
        train("p1", 1, pair(1, 5));

        assertThat(startOf(B)).isEqualTo(5);
    }

    @Test
    void anAcceptedVersionIsWhatTheNextRoundStartsFrom() {
        train("p1", 1, pair(1, 5));
        float kept = keptAfter("p1", 5);
        federation.verdict("p1", 1, true);
        train("p2", 2, pair(2, 9));

        assertThat(startOf(B)).isEqualTo(kept);
        assertThat(startOf(A)).isEqualTo(2);
    }

    @Test
    void aVersionWithoutAVerdictIsNotCurrent() {
        train("p1", 1, pair(1, 5));
        train("p2", 2, pair(2, 9));

        assertThat(startOf(B)).isEqualTo(9);
    }

    @Test
    void aRejectedVersionIsDropped() {
        train("p1", 1, pair(1, 5));
        federation.verdict("p1", 1, false);
        train("p2", 2, pair(2, 9));
        federation.verdict("p1", 1, true);
        train("p3", 3, pair(3, 7));

        assertThat(startOf(B)).isEqualTo(7);
    }

    @Test
    void aRoundOpenedAgainStartsFromTheVersionBefore() {
        train("p1", 1, pair(1, 5));
        float kept = keptAfter("p1", 5);
        federation.verdict("p1", 1, true);
        train("p2", 2, pair(2, 9));
        federation.verdict("p2", 2, true);
        federation.order(federation.train("p2-again", 2, federation.state(1, pair(2, 9)), SHARED_A, PERSONAL_B));
        federation.await(Message.UpdateReady.class);

        assertThat(startOf(B)).isEqualTo(kept);
    }

    @Test
    void anEvaluationUsesThePersonalTensors() {
        train("p1", 1, pair(1, 5));
        float kept = keptAfter("p1", 5);
        federation.verdict("p1", 1, true);
        federation.order(federation.evaluate("e1", 1, federation.state(1, pair(2, 9)), SHARED_A, PERSONAL_B));
        federation.await(Message.EvaluationReady.class);

        assertThat(startOf(B)).isEqualTo(kept);
    }

    @Test
    void personalTensorsAreNeverOnTheWire() throws IOException {
        for (int round = 1; round <= 3; round++) {
            Update update = train("p" + round, round, pair(round, 5));
            assertThat(federation.blob(update.tensors()).layout().names()).containsExactly(A);
            federation.verdict("p" + round, round, true);
            federation.order(federation.evaluate(
                    "e" + round, round, federation.state(round, pair(round, 5)), SHARED_A, PERSONAL_B));
            federation.await(Message.EvaluationReady.class);
        }
        KeptTensors kept = new KeptTensors(directory.resolve("agent"));
        List<byte[]> personal = List.of(
                firstValues(kept.current(TestFederation.JOB, 2).orElseThrow()),
                firstValues(kept.current(TestFederation.JOB, 3).orElseThrow()));
        agent.close();
        List<byte[]> wire = new ArrayList<>(federation.receivedBytes);
        for (String place : List.of("spool", "agent")) { // on the way, and on the agent's own disk
            for (Path file : filesUnder(directory.resolve(place))) {
                wire.add(Files.readAllBytes(file));
            }
        }
        for (byte[] bytes : wire) {
            for (byte[] secret : personal) {
                assertThat(text(bytes).contains(text(secret))).isFalse();
            }
        }
    }

    @Test
    void controlVariatesAreKeptAcceptedAndNeverSent() {
        Plan.Train plain = federation.train("p1", 1, federation.state(0, pair(1, 5)), SHARED_A, SHARED_B);
        Plan.Operation control = new Plan.Operation(AgentOperations.CONTROL_VARIATE, new java.util.TreeMap<>());
        federation.order(new Plan.Train(
                plain.header(),
                plain.model(),
                plain.tensors(),
                List.of(control),
                plain.training(),
                plain.uploadDtype(),
                plain.seed()));
        Update update = federation.await(Message.UpdateReady.class).update();
        federation.verdict("p1", 1, true);
        train("p2", 2, pair(2, 9));

        Tensors sent = federation.blob(update.tensors());
        Tensors kept = new KeptTensors(directory.resolve("agent"))
                .current(TestFederation.JOB, 1)
                .orElseThrow();
        assertThat(sent.layout().names()).containsExactly(A, B);
        assertThat(kept.layout().names()).containsExactly(A + ".control", B + ".control");
        assertThat(kept.read(A + ".control")[0]).isEqualTo(1 - sent.read(A)[0]);
    }

    private Update train(String planId, int round, Tensors server) {
        federation.order(federation.train(planId, round, federation.state(round - 1, server), SHARED_A, PERSONAL_B));
        return federation.await(Message.UpdateReady.class).update();
    }

    /** The engine is deterministic: what it made of B in that plan. */
    private float keptAfter(String planId, float start) {
        assertThat(planId).isEqualTo("p1");
        Tensors trained = federation
                .engine
                .train(
                        new dev.tributary.training.Workload(
                                directory,
                                federation
                                        .modelState(federation.state(0, pair(1, start)))
                                        .task(),
                                dev.tributary.adapter.AdapterConfig.lora(2, 4, List.of("query")),
                                List.of(),
                                "",
                                pair(1, start)),
                        java.util.Set.of(A, B),
                        TestFederation.settings(),
                        8,
                        () -> List.of(),
                        (done, total) -> {})
                .tensors();
        return trained.read(B)[0];
    }

    private float startOf(String name) {
        return federation.engine.start.read(name)[0];
    }

    private static List<Path> filesUnder(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** Sixteen bytes of B, as safetensors has them: too many to be there by chance. */
    private static byte[] firstValues(Tensors kept) {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = kept.read(B);
        for (int i = 0; i < 4; i++) {
            bytes.putFloat(values[i]);
        }
        return bytes.array();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
