package dev.tributary.agent;

import static dev.tributary.agent.TestFederation.SHARED_A;
import static dev.tributary.agent.TestFederation.SHARED_B;
import static dev.tributary.agent.TestFederation.pair;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.StateRef;
import dev.tributary.protocol.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AgentDiskTest {

    @TempDir
    private Path directory;

    private TestFederation federation;

    @BeforeEach
    void begin() {
        federation = new TestFederation(directory);
    }

    @AfterEach
    void end() {
        federation.close();
    }

    @Test
    void aDiskThatFailsForAWhileDoesNotEndTheAgent() throws IOException {
        Path jobs = directory.resolve("agent").resolve("jobs");
        try (Agent agent = federation.startAgent()) {
            federation.await(Message.Register.class);
            Files.writeString(jobs, "not a directory");
            StateRef state = federation.state(0, pair(1, 0));
            federation.order(federation.train("p1", 1, state, SHARED_A, SHARED_B));
            Message.Heartbeat heartbeat = federation.await(Message.Heartbeat.class);
            while (heartbeat.progress().isEmpty()) {
                heartbeat = federation.await(Message.Heartbeat.class);
            }
            Files.delete(jobs);

            assertThat(federation.await(Message.PlanRefused.class).refusal().reason())
                    .isEqualTo("storage-failed");
            federation.order(federation.train("p2", 1, state, SHARED_A, SHARED_B));
            federation.await(Message.UpdateReady.class);
            assertThat(agent.isRunning()).isTrue();
        }
    }

    @Test
    void aSealedUpdateThatIsGoneFromTheDiskIsNotMadeTwice() throws IOException, InterruptedException {
        Agent agent = federation.startAgent(step -> {
            if (step == dev.tributary.agent.execute.Step.SEALED) {
                throw new AssertionError("the end");
            }
        });
        federation.order(federation.train("p1", 1, federation.state(0, pair(1, 0)), SHARED_A, SHARED_B));
        agent.awaitEnd();
        agent.close();
        try (Stream<Path> files = Files.walk(directory.resolve("agent").resolve("sealed"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        try (Agent again = federation.startAgent()) {
            assertThat(federation.await(Message.PlanRefused.class).refusal().reason())
                    .isEqualTo("answer-lost");
            assertThat(federation.engine.trainings).hasValue(1);
            assertThat(again.isRunning()).isTrue();
        }
    }
}
