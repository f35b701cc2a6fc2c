package dev.tributary.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.Tensors;
import dev.tributary.agent.journal.Answer.Stage;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Evaluation;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.Refusal;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.Update;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.blob.FileBlobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final JobId JOB = new JobId("job-1");
    private static final AgentId AGENT = new AgentId("amazon");

    @TempDir
    private Path directory;

    private BlobStore received;
    private BlobStore sealed;
    private Journal journal;

    @BeforeEach
    void open() {
        received = new FileBlobStore(directory.resolve("received"));
        sealed = new FileBlobStore(directory.resolve("sealed"));
        journal = reopen();
    }

    @Test
    void answersAreThereAfterARestart() {
        Answer update = Answer.of(update("p1", 1, blob(sealed, "u1")));
        Answer evaluation = Answer.of(new Evaluation(
                "e1", JOB, 1, 1, AGENT, new Metrics(10, new TreeMap<>(Map.of("loss", Double.NaN))), 5));
        Answer refusal = Answer.of(new Refusal("r1", JOB, 1, 1, AGENT, "policy", "no \"quotes\"\nand lines"));
        List.of(update, evaluation, refusal).forEach(journal::record);

        Journal again = reopen();

        assertThat(again.find("p1")).contains(update);
        assertThat(again.find("e1")).contains(evaluation);
        assertThat(again.find("r1")).contains(refusal);
        assertThat(again.unsent()).containsExactlyInAnyOrder(update, evaluation, refusal);
    }

    @Test
    void anAnswersStageOnlyAdvances() {
        journal.record(Answer.of(update("p1", 1, blob(sealed, "u1"))));
        journal.advance("p1", Stage.ACCEPTED);
        journal.advance("p1", Stage.SENT);
        journal.advance("p1", Stage.REJECTED);

        assertThat(reopen().find("p1").orElseThrow().stage()).isEqualTo(Stage.ACCEPTED);
    }

    @Test
    void theBlobOfASettledAnswerGoes() {
        BlobRef blob = blob(sealed, "u1");
        journal.record(Answer.of(update("p1", 1, blob)));
        journal.advance("p1", Stage.SENT);
        assertThat(sealed.has(blob)).isTrue();

        journal.advance("p1", Stage.ACCEPTED);

        assertThat(sealed.has(blob)).isFalse();
    }

    @Test
    void aBlobThatAnotherAnswerNeedsStays() {
        BlobRef blob = blob(sealed, "same bytes");
        journal.record(Answer.of(update("p1", 1, blob)));
        journal.record(Answer.of(update("p2", 2, blob)));
        journal.advance("p1", Stage.ACCEPTED);

        assertThat(sealed.has(blob)).isTrue();
    }

    @Test
    void roundsLongPastAreForgottenYetNotDoneAgain() {
        for (int round = 1; round <= 20; round++) {
            journal.record(Answer.of(update("p" + round, round, blob(sealed, "u" + round))));
            journal.advance("p" + round, Stage.SENT);
        }
        Journal again = reopen();

        assertThat(again.find("p1")).isEmpty();
        assertThat(again.isForgotten(JOB, 1)).isTrue();
        assertThat(again.isForgotten(JOB, 20)).isFalse();
        assertThat(again.find("p20")).isPresent();
        assertThat(filesUnder("sealed")).isLessThanOrEqualTo(Journal.ROUNDS_KEPT + 1);
        assertThat(filesUnder("jobs")).isLessThanOrEqualTo(Journal.ROUNDS_KEPT + 2);
    }

    @Test
    void anAnswerThatWasNotSentIsNeverForgotten() {
        journal.record(Answer.of(update("p1", 1, blob(sealed, "u1"))));
        for (int round = 2; round <= 20; round++) {
            journal.record(Answer.of(update("p" + round, round, blob(sealed, "u" + round))));
            journal.advance("p" + round, Stage.SENT);
        }

        assertThat(journal.unsent()).singleElement().satisfies(answer -> {
            assertThat(answer.planId()).isEqualTo("p1");
            assertThat(sealed.has(update(answer))).isTrue();
        });
    }

    @Test
    void theTwoNewestStatesOfAJobAreHeld() {
        BlobRef frozen = blob(received, "frozen A");
        BlobRef[] states = new BlobRef[5];
        for (int version = 0; version < 5; version++) {
            states[version] = blob(received, "state " + version);
            journal.need(JOB, state(version, frozen, states[version]));
        }

        assertThat(Stream.of(states).map(received::has)).containsExactly(false, false, false, true, true);
        assertThat(received.has(frozen)).isTrue();
    }

    @Test
    void aBlobThatAnotherJobNeedsIsHeld() {
        BlobRef shared = blob(received, "shared");
        journal.need(new JobId("job-2"), state(0, shared, shared));
        journal.need(JOB, state(0, shared, shared));
        journal.need(JOB, state(1, blob(received, "1"), blob(received, "1")));
        journal.need(JOB, state(2, blob(received, "2"), blob(received, "2")));

        assertThat(received.has(shared)).isTrue();
    }

    @Test
    void idleJobsAreForgottenButTheirPersonalTensorsStay() {
        BlobRef state = blob(received, "state");
        journal.need(JOB, state(0, state, state));
        journal.record(Answer.of(update("p1", 1, blob(sealed, "u1"))));
        journal.advance("p1", Stage.SENT);
        KeptTensors kept = new KeptTensors(directory);
        kept.store(
                JOB,
                "p1",
                Tensors.builder().put("m.lora_B.weight", new float[] {1}, 1, 1).build());
        kept.accept(JOB, "p1", 1);

        journal.forgetIdleJobs(Instant.now().plus(Duration.ofDays(1)), Duration.ofDays(7));
        assertThat(journal.find("p1")).isPresent();
        journal.forgetIdleJobs(Instant.now().plus(Duration.ofDays(8)), Duration.ofDays(7));

        assertThat(journal.find("p1")).isEmpty();
        assertThat(received.has(state)).isFalse();
        assertThat(filesUnder("sealed")).isZero();
        assertThat(kept.current(JOB, 5)).isPresent();
    }

    @Test
    void aDamagedFileIsNamedWithWhatToDo() throws IOException {
        journal.record(Answer.of(update("p1", 1, blob(sealed, "u1"))));
        Path file;
        try (Stream<Path> files = Files.walk(directory.resolve("jobs"))) {
            file = files.filter(f -> f.toString().endsWith(".json")).findFirst().orElseThrow();
        }
        Files.writeString(file, "{half");

        assertThatThrownBy(this::reopen)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file.getFileName().toString())
                .hasMessageContaining("backup");
    }

    private Journal reopen() {
        return Journal.open(directory, received, sealed);
    }

    private static BlobRef update(Answer answer) {
        return java.util.Objects.requireNonNull(answer.update()).tensors();
    }

    private static Update update(String planId, int round, BlobRef blob) {
        return new Update(
                planId, JOB, round, 1, AGENT, blob, "hash", 0, round - 1, 40, new Metrics(40, new TreeMap<>()), 0);
    }

    private static StateRef state(int version, BlobRef first, BlobRef second) {
        return new StateRef(
                version, new TreeMap<>(Map.of("frozen", first, "adapter", second)), List.of(), new TreeMap<>());
    }

    private static BlobRef blob(BlobStore store, String content) {
        try {
            return store.put(Files.writeString(store.workDirectory().resolve("blob"), content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long filesUnder(String name) {
        try (Stream<Path> files = Files.walk(directory.resolve(name))) {
            return files.filter(Files::isRegularFile).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
