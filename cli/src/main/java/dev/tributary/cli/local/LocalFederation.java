package dev.tributary.cli.local;

import dev.tributary.agent.Agent;
import dev.tributary.agent.AgentMain;
import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.ModelSource;
import dev.tributary.agent.enrol.Enroller;
import dev.tributary.agent.enrol.Membership;
import dev.tributary.cli.CliException;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.coordinator.view.AgentView;
import dev.tributary.plan.AgentId;
import dev.tributary.protocol.enrol.EnrolmentToken;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.engine.TorchEngine;
import dev.tributary.training.model.Device;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A coordinator with its broker and store, and agents that share one engine. All state is under one directory; started
 * again on it, the federation goes on where it was.
 */
public final class LocalFederation implements AutoCloseable {
    private static final String FEDERATION = "local";
    /** Agents of this process die with it: one that is silent for seconds only waits for a busy processor. */
    private static final String SILENCE = "2m";

    /** They wait for their turn at the processor without any progress. */
    private static final String TURN = "1d";

    /** A GPU mostly waits for the host: the one training prepares its work while the other's is done. */
    private static final int ON_GPU_AT_ONCE = 2;

    private static final Duration REGISTRATION = Duration.ofMinutes(2);

    private final Coordinator coordinator;
    private final TrainingEngine engine;
    private final List<Agent> agents = new ArrayList<>();

    private LocalFederation(Coordinator coordinator, TrainingEngine engine) {
        this.coordinator = coordinator;
        this.engine = engine;
    }

    /**
     * Starts coordinator and agents.
     *
     * @param models base models by the name jobs use
     * @param httpPort 0 picks a free one
     * @param engineThreads processor threads per training
     * @param devices that trainings run on: the processor, or GPUs that share every training
     * @param secure whether agents are enrolled, with TLS and sealed content
     */
    public static LocalFederation start(
            Path state,
            List<LocalSite> sites,
            Map<String, ModelSource> models,
            int httpPort,
            int engineThreads,
            List<Device> devices,
            boolean secure) {
        int atOnce = devices.get(0).isCuda() ? ON_GPU_AT_ONCE : trainingsAtOnce(engineThreads);
        CompletableFuture<TrainingEngine> engine = CompletableFuture.supplyAsync(
                () -> new SharedProcessor(new TorchEngine(engineThreads, devices), atOnce));
        Coordinator coordinator;
        try {
            coordinator = Coordinator.start(CoordinatorOptions.in(state.resolve("coordinator"))
                    .federation(FEDERATION)
                    .httpPort(httpPort)
                    .brokerPort(0)
                    .with("tributary.enrolment.required", secure)
                    .with("tributary.leases.silence", SILENCE)
                    .with("tributary.leases.stall", TURN));
        } catch (RuntimeException e) {
            engine.thenAccept(TrainingEngine::close);
            throw e;
        }
        LocalFederation federation = new LocalFederation(coordinator, engine.join());
        try {
            for (LocalSite site : sites) {
                federation.startAgent(state.resolve("agents").resolve(site.id().value()), site, models);
            }
        } catch (RuntimeException e) {
            federation.close();
            throw e;
        }
        return federation;
    }

    /** Twice as many as fit, so that the last few of a round do not leave processors idle. */
    private static int trainingsAtOnce(int engineThreads) {
        return Math.max(1, 2 * Runtime.getRuntime().availableProcessors() / engineThreads);
    }

    private void startAgent(Path directory, LocalSite site, Map<String, ModelSource> models) {
        AgentConfig config = AgentConfig.of(
                        site.id(), FEDERATION, coordinator.bootstrapServers(), directory, models, site.datasets())
                .withMaxRank(site.device().maxRank());
        if (coordinator.enrolment().isRequired() && Membership.in(directory).isEmpty()) {
            EnrolmentToken token = coordinator.enrolment().issue(site.id(), 1, "this process");
            new Enroller(coordinator.address(), token, Clock.systemUTC())
                    .enrol(site.id().value(), FEDERATION, directory);
        }
        agents.add(AgentMain.start(config, SimulatedDevice.of(engine, site.device())));
    }

    public URI address() {
        return coordinator.address();
    }

    public CoordinatorClient client() {
        return new CoordinatorClient(address(), null, coordinator.authority().orElse(null));
    }

    /** Returns when the coordinator knows every agent of this process, or {@code stop} falls. */
    public void awaitAgents(CountDownLatch stop) throws InterruptedException {
        Set<String> wanted =
                agents.stream().map(Agent::id).map(AgentId::value).collect(Collectors.toCollection(TreeSet::new));
        CoordinatorClient client = client();
        long deadline = System.nanoTime() + REGISTRATION.toNanos();
        do {
            client.agents().stream().filter(AgentView::live).map(AgentView::id).forEach(wanted::remove);
            if (wanted.isEmpty()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new CliException("agents " + wanted + " did not register within " + REGISTRATION.toSeconds()
                        + " s; the log says why");
            }
        } while (!stop.await(100, TimeUnit.MILLISECONDS));
    }

    /** Stops the agents, then the coordinator. */
    @Override
    public void close() {
        CompletableFuture.allOf(agents.stream()
                        .map(agent -> CompletableFuture.runAsync(agent::close))
                        .toArray(CompletableFuture[]::new))
                .exceptionally(e -> null)
                .join();
        coordinator.close();
        engine.close();
    }
}
