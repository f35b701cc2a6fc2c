package dev.tributary.coordinator.round;

import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Draws a round's cohort: uniformly without replacement, the same for the same seed, round, attempt and candidates. */
final class CohortSampler {

    private CohortSampler() {}

    /** @param live candidates in id order, at least {@code job.cohort().quorum()} */
    static List<AgentProfile> draw(Job job, int round, int attempt, List<AgentProfile> live) {
        int wanted = (int) Math.ceil(job.cohort().fraction() * live.size() - 1e-9);
        int size = Math.min(live.size(), Math.max(wanted, job.cohort().quorum()));
        List<AgentProfile> drawn = new ArrayList<>(live);
        Collections.shuffle(drawn, new Random(Seeds.of(job.seed(), "cohort", round, attempt)));
        return drawn.subList(0, size).stream()
                .sorted(Comparator.comparing(AgentProfile::id))
                .toList();
    }
}
