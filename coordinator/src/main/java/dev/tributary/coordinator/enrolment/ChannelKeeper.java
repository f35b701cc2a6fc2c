package dev.tributary.coordinator.enrolment;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.TransportException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Renews the coordinator's certificate in time, and brings the broker's access rights in line with the members after a
 * start and after a broker that could not be reached. Its thread is never interrupted.
 */
final class ChannelKeeper implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ChannelKeeper.class);
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final boolean on;
    private final Supplier<CoordinatorChannel> channel;
    private final Enrolments enrolments;
    private final BrokerAccess access;
    private final Runnable renewed;
    private volatile boolean inLine;
    private volatile boolean running;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tributary-channel");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param on whether there is anything to look after
     * @param renewed called after the certificate changed
     */
    ChannelKeeper(
            boolean on,
            Supplier<CoordinatorChannel> channel,
            Enrolments enrolments,
            BrokerAccess access,
            Runnable renewed) {
        this.on = on;
        this.channel = channel;
        this.enrolments = enrolments;
        this.access = access;
        this.renewed = renewed;
    }

    @Override
    public void start() {
        running = true;
        if (on) {
            timer.scheduleWithFixedDelay(this::keep, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void keep() {
        try {
            if (channel.get().isDueForRenewal()) {
                channel.get().renew();
                renewed.run();
                LOG.info(
                        "the coordinator has a new certificate until {}",
                        channel.get().identity().certificate().getNotAfter().toInstant());
            }
            if (!inLine) {
                bringInLine();
            }
        } catch (RuntimeException e) {
            LOG.warn(
                    "certificates and access rights are looked after again in {} s: {}",
                    EVERY.toSeconds(),
                    e.getMessage());
        }
    }

    private void bringInLine() {
        List<AgentId> members = enrolments.all().stream()
                .filter(Member::isActive)
                .map(member -> new AgentId(member.agent()))
                .toList();
        inLine = true; // a revocation that fails from here on says so again
        try {
            if (!members.isEmpty()) {
                access.admit(members);
            }
            enrolments.all().stream()
                    .filter(member -> !member.isActive())
                    .forEach(member -> access.shut(new AgentId(member.agent())));
        } catch (TransportException e) {
            inLine = false;
            throw e;
        }
    }

    /** Gives a new member its rights. @throws TransportException if the broker cannot be reached */
    void admit(AgentId agent) {
        access.admit(List.of(agent));
    }

    /** Takes an agent's rights away now, or as soon as the broker can be reached. */
    void shut(AgentId agent) {
        try {
            access.shut(agent);
        } catch (TransportException e) {
            inLine = false;
            LOG.warn("{} keeps its connection to the broker until that can be reached: {}", agent, e.getMessage());
        }
    }

    @Override
    public void stop() {
        running = false;
        timer.shutdown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
