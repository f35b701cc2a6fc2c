package dev.tributary.agent.journal;

import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.StateRef;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an agent remembers of a job as a whole.
 *
 * @param floor plans of rounds before this one were answered and forgotten
 * @param states the newest states whose blobs are held, newest first
 */
record JobRecord(int floor, List<HeldState> states) {

    private static final int STATES_HELD = 2;

    static final JobRecord EMPTY = new JobRecord(0, List.of());

    JobRecord {
        states = List.copyOf(states);
    }

    record HeldState(int version, List<BlobRef> blobs) {
        HeldState {
            blobs = List.copyOf(blobs);
        }
    }

    JobRecord with(StateRef state) {
        List<BlobRef> blobs = Stream.concat(
                        state.parts().values().stream(), state.folds().stream().map(FoldRef::blob))
                .distinct()
                .toList();
        HeldState held = new HeldState(state.version(), blobs);
        if (states.contains(held)) {
            return this;
        }
        List<HeldState> newest = Stream.concat(
                        Stream.of(held), states.stream().filter(s -> s.version() != state.version()))
                .sorted(Comparator.comparingInt(HeldState::version).reversed())
                .limit(STATES_HELD)
                .toList();
        // A state older than both that are held is fetched for one plan; it takes the place of the older of them.
        return new JobRecord(
                floor,
                newest.contains(held) ? newest : Stream.of(newest.get(0), held).toList());
    }

    Set<BlobRef> blobs() {
        Set<BlobRef> all = new LinkedHashSet<>();
        states.forEach(state -> all.addAll(state.blobs()));
        return all;
    }
}
