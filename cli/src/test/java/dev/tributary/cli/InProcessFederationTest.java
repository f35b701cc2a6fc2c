package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.agent.Agent;
import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.agent.config.ModelSource;
import dev.tributary.agent.testing.ScriptedEngine;
import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.RoundView;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.protocol.memory.InMemoryNetwork;
import dev.tributary.protocol.trace.Tracing;
import dev.tributary.training.TrainingEngine;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole product in one process, but for the numerics and the broker: rounds from submission to result. */
@Timeout(300)
class InProcessFederationTest {

    private static final List<String> SITES = List.of("amazon", "imdb", "yelp");
    private static final Map<String, ModelDescriptor.LinearShape> MODULES = Map.of(
            "encoder.layer.0.attention.self.query", new ModelDescriptor.LinearShape(12, 10),
            "encoder.layer.0.attention.self.value", new ModelDescriptor.LinearShape(12, 10));

    @TempDir
    private Path directory;

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final Tracing tracing = Tracing.into(OpenTelemetrySdk.builder()
            .setTracerProvider(Tracing.givenIds(SdkTracerProvider.builder())
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build());

    @ParameterizedTest
    @CsvSource({
        "fedavg,lora",
        "fedex,lora",
        "ffa,lora",
        "'fedex, fold-rank: 3',pissa",
        "fedavg,dora",
        "'fed-sb, initialisation: public-data, public-dataset: open',lora-xs"
    })
    void aJobRunsFromSubmissionToItsResult(String method, String type) throws IOException {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("spool"));
        try (TrainingEngine engine = new ScriptedEngine(MODULES, 3);
                Coordinator coordinator = coordinator(network);
                Agents agents = new Agents()) {
            for (String site : SITES) {
                agents.add(agent(site, network, engine));
            }
            JobView job = submit(coordinator, method, type, 3, 3);
            await(coordinator, job.id(), view -> !view.isRunning());

            assertThat(coordinator.views().job(job.id()).orElseThrow().status()).isEqualTo("completed");
            List<RoundView> rounds = coordinator.views().rounds(job.id());
            assertThat(rounds).hasSize(3).allSatisfy(round -> {
                assertThat(round.accepted()).containsExactlyElementsOf(SITES);
                assertThat(round.rejected()).isEmpty();
                assertThat(round.metrics().agents()).containsOnlyKeys(SITES);
                assertThat(round.bytesUp()).isPositive();
            });
            isPromotedFetchedAndRolledBack(coordinator, job.id());
            await(() -> TracePaths.of(spans.getFinishedSpanItems(), job.id(), 2).containsAll(pathsOfARound(2)));
        }
    }

    /** From coordinator to agents and back: what each did stands below what it was asked. */
    private static List<String> pathsOfARound(int round) {
        List<String> paths = new ArrayList<>(List.of("aggregate", "evaluate"));
        for (String site : SITES) {
            for (String step : List.of("fetch", "train", "seal", "upload", "send")) {
                paths.add("train " + site + "/agent " + site + "/" + step);
            }
            paths.add("evaluate " + site + "/agent " + site + "/evaluate");
        }
        return paths.stream().map(path -> "round " + round + "/" + path).toList();
    }

    private void isPromotedFetchedAndRolledBack(Coordinator coordinator, String job) {
        String address = coordinator.address().toString();
        CommandLineResult promoted =
                CommandLineResult.of("adapter", "promote", job, "tone", "--note", "first", "--coordinator", address);
        assertThat(promoted.status()).as(promoted.err()).isZero();
        assertThat(promoted.out()).contains("tone stands for v3 of " + job);
        Path out = directory.resolve("fetched");
        CommandLineResult fetched = CommandLineResult.of(
                "adapter", "export", "tone", "--promoted", "--out", out.toString(), "--coordinator", address);
        assertThat(fetched.status()).as(fetched.err()).isZero();
        assertThat(out.resolve("adapter/adapter_model.safetensors")).isRegularFile();
        assertThat(CommandLineResult.of("adapter", "list", "--coordinator", address)
                        .out())
                .contains("tone", "v3 of " + job, "nobody signed in");

        assertThat(CommandLineResult.of("adapter", "rollback", "tone", "--coordinator", address)
                        .out())
                .contains("tone stands for no adapter");
        CommandLineResult again = CommandLineResult.of("adapter", "rollback", "tone", "--coordinator", address);
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.err()).contains("nothing to roll back").doesNotContain("\tat ");
    }

    @Test
    void anAgentThatDiesInTheMidstDoesNotStopTheRound() throws IOException, InterruptedException {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("spool"));
        CountDownLatch dying = new CountDownLatch(1);
        CountDownLatch dead = new CountDownLatch(1);
        try (TrainingEngine engine = new ScriptedEngine(MODULES, 3);
                TrainingEngine stuck = new StuckEngine(dying, dead);
                Coordinator coordinator = coordinator(network);
                Agents agents = new Agents()) {
            agents.add(agent("amazon", network, engine));
            agents.add(agent("imdb", network, engine));
            Agent victim = agent("yelp", network, stuck);
            agents.add(victim);
            JobView job = submit(coordinator, "fedavg", "lora", 2, 2);
            assertThat(dying.await(240, TimeUnit.SECONDS)).isTrue();
            victim.close();
            dead.countDown();
            await(coordinator, job.id(), view -> !view.isRunning());

            assertThat(coordinator.views().job(job.id()).orElseThrow().status()).isEqualTo("completed");
            assertThat(coordinator.views().rounds(job.id()))
                    .allSatisfy(round -> assertThat(round.accepted()).contains("amazon", "imdb"));
        }
    }

    @Test
    void allPartiesMayBeRestartedInTheMidst() throws IOException, InterruptedException {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("spool"));
        CountDownLatch training = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        String job;
        try (TrainingEngine stuck = new StuckEngine(training, stopped);
                Coordinator coordinator = coordinator(network);
                Agents agents = new Agents()) {
            for (String site : SITES) {
                agents.add(agent(site, network, stuck));
            }
            job = submit(coordinator, "fedex", "lora", 3, 3).id();
            assertThat(training.await(240, TimeUnit.SECONDS)).isTrue();
            agents.close();
            stopped.countDown();
        }
        try (TrainingEngine engine = new ScriptedEngine(MODULES, 3);
                Coordinator coordinator = coordinator(network);
                Agents agents = new Agents()) {
            for (String site : SITES) {
                agents.add(agent(site, network, engine));
            }
            await(coordinator, job, view -> !view.isRunning());

            assertThat(coordinator.views().job(job).orElseThrow().status()).isEqualTo("completed");
            assertThat(coordinator.views().rounds(job)).hasSize(3).allSatisfy(round -> {
                assertThat(round.attempt()).isEqualTo(1);
                assertThat(round.accepted()).containsExactlyElementsOf(SITES);
            });
        }
    }

    private Coordinator coordinator(InMemoryNetwork network) {
        return Coordinator.start(CoordinatorOptions.in(directory.resolve("coordinator"))
                .federation("demo")
                .httpPort(0)
                .with("tributary.leases.silence", "6s")
                .tracing(tracing)
                .transport(network::coordinator));
    }

    private Agent agent(String site, InMemoryNetwork network, TrainingEngine engine) throws IOException {
        Path data = Files.createDirectories(directory.resolve("data").resolve(site));
        Path train = Files.writeString(data.resolve("train.jsonl"), rows(site, 40));
        Path test = Files.writeString(data.resolve("test.jsonl"), rows(site, 10));
        Path open = Files.writeString(directory.resolve("data").resolve("open.jsonl"), rows("open", 20));
        AgentId id = new AgentId(site);
        return Agent.start(
                AgentConfig.of(
                                id,
                                "demo",
                                "none",
                                directory.resolve("agents").resolve(site),
                                Map.of("minilm", ModelSource.in(directory)),
                                Map.of(
                                        "open",
                                        DatasetConfig.classification(open, open, "text", "label", List.of()),
                                        "reviews",
                                        DatasetConfig.classification(train, test, "text", "label", List.of())))
                        .withHeartbeat(Duration.ofSeconds(1)),
                network.agent(id),
                engine,
                tracing);
    }

    private static String rows(String site, int count) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < count; i++) {
            rows.append("{\"text\": \"%s %d\", \"label\": %d}\n".formatted(site, i, i % 2));
        }
        return rows.toString();
    }

    private static JobView submit(Coordinator coordinator, String method, String type, int rounds, int quorum) {
        await(() -> coordinator.views().agents().size() == SITES.size());
        return coordinator.jobs().submit("""
                        name: support-tone
                        base-model: minilm
                        task: {type: sequence-classification, labels: [negative, positive], dataset: reviews}
                        adapter: {type: %s, rank: 4, alpha: 8, target-modules: [query, value]}
                        aggregation: {method: %s}
                        rounds: %d
                        cohort: {quorum: %d, deadline: 60s}
                        seed: 7
                        """.formatted(type, method, rounds, quorum));
    }

    private static void await(Coordinator coordinator, String job, Predicate<JobView> condition) {
        await(() -> coordinator.views().job(job).filter(condition).isPresent());
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(240).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** Tells when it trains, and goes on only when told. */
    private static final class StuckEngine extends ScriptedEngine {
        private final CountDownLatch training;
        private final CountDownLatch mayGoOn;

        StuckEngine(CountDownLatch training, CountDownLatch mayGoOn) {
            super(MODULES, 3);
            this.training = training;
            this.mayGoOn = mayGoOn;
        }

        @Override
        public Trained train(
                dev.tributary.training.Workload work,
                java.util.Set<String> trainable,
                dev.tributary.plan.Job.Training settings,
                long seed,
                dev.tributary.training.data.Dataset data,
                ProgressListener progress) {
            return super.train(work, trainable, settings, seed, data, (done, total) -> {
                training.countDown();
                progress.progress(done, total);
                while (mayGoOn.getCount() > 0) {
                    LockSupport.parkNanos(20_000_000);
                    progress.progress(done, total);
                }
            });
        }
    }

    private static final class Agents implements AutoCloseable {
        private final List<Agent> agents = new ArrayList<>();

        void add(Agent agent) {
            agents.add(agent);
        }

        @Override
        public void close() {
            agents.forEach(Agent::close);
        }
    }
}
