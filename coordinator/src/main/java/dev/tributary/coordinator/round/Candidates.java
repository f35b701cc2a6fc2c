package dev.tributary.coordinator.round;

import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.LateUpdates;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who can be drawn into a round: eligible agents that are connected and do not train for an earlier round. One whose late
 * update is still to be counted has done its part, and is drawn only where the quorum cannot be met without it.
 *
 * @param free in id order
 * @param stragglers how many train for an earlier round
 * @param count how many updates the round can get: in asynchronous training those of stragglers too
 */
record Candidates(List<AgentProfile> free, int stragglers, int count) {

    static Candidates of(JobState state, List<AgentProfile> live) {
        Set<AgentId> behind = LateUpdates.stragglers(state).stream()
                .map(s -> s.member().agent())
                .collect(Collectors.toCollection(HashSet::new));
        Set<AgentId> done =
                LateUpdates.waiting(state).stream().map(d -> d.member().agent()).collect(Collectors.toSet());
        List<AgentProfile> idle =
                live.stream().filter(a -> !behind.contains(a.id())).toList();
        List<AgentProfile> fresh =
                idle.stream().filter(a -> !done.contains(a.id())).toList();
        if (state.job().cohort().late().isAsynchronous()) {
            return new Candidates(fresh, behind.size(), fresh.size() + behind.size() + done.size());
        }
        List<AgentProfile> free = fresh.size() < state.job().cohort().quorum() ? idle : fresh;
        return new Candidates(free, behind.size(), free.size());
    }

    /** Whether the round opens only when an agent is done with an earlier one. */
    boolean waitsForStragglers(int quorum) {
        return stragglers > 0 && (free.isEmpty() ? count == stragglers || count < quorum : count < quorum);
    }
}
