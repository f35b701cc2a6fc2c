package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.agent.Agent;
import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.agent.config.ModelSource;
import dev.tributary.agent.enrol.Enroller;
import dev.tributary.agent.enrol.EnrolmentException;
import dev.tributary.agent.enrol.Membership;
import dev.tributary.agent.testing.ScriptedEngine;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.coordinator.view.AgentView;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.protocol.enrol.EnrolmentToken;
import dev.tributary.protocol.memory.InMemoryNetwork;
import dev.tributary.training.TrainingEngine;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in and who is not, with real agents and a real coordinator in one process. */
@Timeout(300)
class EnrolledFederationTest {

    private static final Map<String, ModelDescriptor.LinearShape> MODULES =
            Map.of("encoder.layer.0.attention.self.query", new ModelDescriptor.LinearShape(12, 10));

    @TempDir
    private Path directory;

    @Test
    void onlyEnrolledAgentsAreHeardAndARevokedOneIsHeardNoMore() throws IOException {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("spool"));
        try (TrainingEngine engine = new ScriptedEngine(MODULES, 3);
                Coordinator coordinator = coordinator(network);
                Agent stranger = agent("stranger", network, engine)) {
            CoordinatorClient client = new CoordinatorClient(coordinator.address());
            enrol(coordinator, "amazon", client.enrolmentToken("amazon", 1));
            try (Agent member = agent("amazon", network, engine)) {
                await(() -> live(coordinator).contains("amazon"));
                assertThat(live(coordinator)).containsExactly("amazon");
                assertThat(member.isRunning() && stranger.isRunning()).isTrue();

                client.revoke("amazon");
                await(() -> live(coordinator).isEmpty());
                assertThat(client.enrolments().members())
                        .singleElement()
                        .satisfies(m -> assertThat(m.isActive()).isFalse());
            }
            enrol(coordinator, "amazon", client.enrolmentToken("amazon", 1));
            try (Agent again = agent("amazon", network, engine)) {
                await(() -> live(coordinator).contains(again.id().value()));
            }
        }
    }

    @Test
    void anAgentBelievesNobodyButTheCoordinatorOfItsToken() throws IOException {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("spool"));
        try (Coordinator coordinator = coordinator(network)) {
            CoordinatorClient client = new CoordinatorClient(coordinator.address());
            EnrolmentToken token = EnrolmentToken.parse(client.enrolmentToken("amazon", 1));
            EnrolmentToken elsewhere = new EnrolmentToken(token.id(), token.secret(), "0".repeat(64), token.suite());
            assertThatThrownBy(() -> enrol(coordinator, "amazon", elsewhere.text()))
                    .isInstanceOf(EnrolmentException.class)
                    .hasMessageContaining("another than the token names");
            assertThat(Membership.in(data("amazon"))).isEmpty();
            assertThatThrownBy(() -> enrol(coordinator, "amazon", token.text()))
                    .as("used up")
                    .hasMessageContaining("token is not valid");
            String forYelp = client.enrolmentToken("yelp", 1);
            assertThatThrownBy(() -> enrol(coordinator, "amazon", forYelp)).hasMessageContaining("write id: yelp");
        }
    }

    private void enrol(Coordinator coordinator, String site, String token) {
        URI address = coordinator.address();
        new Enroller(address, EnrolmentToken.parse(token), Clock.systemUTC()).enrol(site, "demo", data(site));
    }

    private Path data(String site) {
        return directory.resolve("agents").resolve(site);
    }

    private static List<String> live(Coordinator coordinator) {
        return coordinator.views().agents().stream()
                .filter(AgentView::live)
                .map(AgentView::id)
                .toList();
    }

    private Coordinator coordinator(InMemoryNetwork network) {
        return Coordinator.start(CoordinatorOptions.in(directory.resolve("coordinator"))
                .federation("demo")
                .httpPort(0)
                .with("tributary.enrolment.required", true)
                .with("tributary.leases.silence", "3s")
                .transport(network::coordinator));
    }

    private Agent agent(String site, InMemoryNetwork network, TrainingEngine engine) throws IOException {
        Path rows = Files.writeString(directory.resolve("rows.jsonl"), "{\"text\": \"a\", \"label\": 0}\n");
        AgentId id = new AgentId(site);
        AgentConfig config = AgentConfig.of(
                id,
                "demo",
                "none",
                data(site),
                Map.of("minilm", ModelSource.in(directory)),
                Map.of("reviews", DatasetConfig.classification(rows, rows, "text", "label", List.of())));
        return Agent.start(config.withHeartbeat(Duration.ofMillis(500)), network.agent(id), engine);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
