package dev.tributary.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.RoundView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class AgentDiesIT {
    private static final Duration LONG = Duration.ofMinutes(12);

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void anAgentKilledWhileItTrainsDoesNotStopTheRound() throws Exception {
        try (ProcessFederation federation = ProcessFederation.start(directory)) {
            String id = federation
                    .client
                    .submit(new SentimentTask().document("fedavg", 1, 7).replace("{epochs: 1", "{max-steps: 15"))
                    .id();
            federation.processes.await("yelp training", LONG, () -> isTraining(federation, id, "yelp"));

            federation.agents.get("yelp").destroyForcibly();

            federation.processes.await(
                    "the end of the job", LONG, () -> !federation.client.job(id).isRunning());
            JobView job = federation.client.job(id);
            assertThat(job.status()).as(job.reason()).isEqualTo("completed");
            List<RoundView> rounds = federation.client.rounds(id);
            assertThat(rounds).hasSize(1);
            assertThat(rounds.get(0).attempt()).isEqualTo(1);
            assertThat(rounds.get(0).accepted()).containsExactly("amazon", "imdb");
            assertThat(rounds.get(0).late()).containsExactly("yelp");
            assertThat(rounds.get(0).metrics().agents()).containsOnlyKeys("amazon", "imdb");
        }
    }

    private static boolean isTraining(ProcessFederation federation, String id, String agent) {
        return federation.client.progress(id).stream()
                .anyMatch(p -> p.agent().equals(agent) && p.phase().equals("training") && p.done() >= 2);
    }
}
