package dev.tributary.coordinator.round;

import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Draws a round's cohort: uniformly without replacement, the same for the same seed, round, attempt and candidates. With
 * over-selection more are drawn than {@link #wanted}.
 */
public final class CohortSampler {

    private CohortSampler() {}

    /** How many updates a round waits for, of {@code live} that it could get. */
    static int wanted(Job job, int live) {
        if (job.cohort().late().isAsynchronous()) {
            return Math.min(live, job.cohort().late().buffer());
        }
        int share = (int) Math.ceil(job.cohort().fraction() * live - 1e-9);
        return Math.min(live, Math.max(share, job.cohort().quorum()));
    }

    /** How many updates a round brings where so many agents can take part. */
    public static int updates(Job job, int live) {
        int wanted = wanted(job, live);
        return job.cohort().late().isAsynchronous()
                ? wanted
                : job.cohort().pace().drawn(wanted, live);
    }

    /** @param live candidates in id order, at least {@code job.cohort().quorum()} */
    static List<AgentProfile> draw(Job job, int round, int attempt, List<AgentProfile> live) {
        if (job.cohort().late().isAsynchronous()) {
            return live;
        }
        int size = updates(job, live.size());
        List<AgentProfile> drawn = new ArrayList<>(live);
        Collections.shuffle(drawn, new Random(Seeds.of(job.seed(), "cohort", round, attempt)));
        return drawn.subList(0, size).stream()
                .sorted(Comparator.comparing(AgentProfile::id))
                .toList();
    }
}
