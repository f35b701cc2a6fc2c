package dev.tributary.coordinator.round;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who is alive, by what was heard since this process started; nothing of it is stored. An agent is lost when it is
 * silent, and so is a plan on which nothing moves. Safe for use by several threads.
 */
public final class Leases {

    private final RoundRules rules;
    private final Instant start;
    private final Map<AgentId, Instant> seen = new ConcurrentHashMap<>();
    private final Map<AgentId, List<Progress>> progress = new ConcurrentHashMap<>();
    private final Map<String, Instant> moved = new ConcurrentHashMap<>();

    public Leases(RoundRules rules, Instant start) {
        this.rules = rules;
        this.start = start;
    }

    void heard(AgentId agent, Instant now) {
        seen.put(agent, now);
    }

    /** Takes in a heartbeat. A plan moves when its figures differ from the last ones, or while it waits its turn. */
    void heard(AgentId agent, List<Progress> reported, Instant now) {
        heard(agent, now);
        List<Progress> before = progress.getOrDefault(agent, List.of());
        for (Progress p : reported) {
            if (p.phase() == Progress.Phase.WAITING || !before.contains(p)) {
                moved.put(p.planId(), now);
            }
        }
        progress.put(agent, List.copyOf(reported));
    }

    /** Forgets what is known of a plan that is over. */
    void forget(String planId) {
        moved.remove(planId);
    }

    public boolean isLive(AgentId agent, Instant now) {
        Instant last = seen.get(agent);
        return last != null && !expired(last, rules.silence(), now);
    }

    /** Not heard of since the start, but its fresh lease still runs. */
    boolean mayStillCome(AgentId agent, Instant now) {
        return !seen.containsKey(agent) && !expired(start, rules.silence(), now);
    }

    /** Why {@code agent} has lost its lease on a plan sent at {@code sentAt}; empty while it holds it. */
    Optional<String> loss(AgentId agent, String planId, Instant sentAt, Instant now) {
        Instant last = latest(seen.getOrDefault(agent, start), start);
        if (expired(last, rules.silence(), now)) {
            return Optional.of("nothing heard for " + seconds(last, now) + " s");
        }
        Instant motion = latest(moved.getOrDefault(planId, sentAt), latest(sentAt, start));
        if (expired(motion, rules.stall(), now)) {
            return Optional.of("no progress for " + seconds(motion, now) + " s");
        }
        return Optional.empty();
    }

    public Optional<Instant> lastSeen(AgentId agent) {
        return Optional.ofNullable(seen.get(agent));
    }

    /** What the agent last said it was doing; empty if it never said. */
    public List<Progress> progress(AgentId agent) {
        return progress.getOrDefault(agent, List.of());
    }

    private static boolean expired(Instant since, Duration bound, Instant now) {
        return !now.isBefore(since.plus(bound));
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static long seconds(Instant since, Instant now) {
        return Duration.between(since, now).toSeconds();
    }
}
