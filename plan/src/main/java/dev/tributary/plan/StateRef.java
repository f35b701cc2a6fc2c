package dev.tributary.plan;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The global state after a round, by reference: everything a method needs to go on, an agent to train and a reader to
 * rebuild the model. It stands in the job's log.
 *
 * @param version number of completed rounds, 0 for the initial state
 * @param parts safetensors blobs that together hold the global tensors, by part name. Tensors that never change (FFA's
 *     A) live in a part of their own, so that an agent fetches them once
 * @param folds the fold log from the unmodified base, in order
 * @param methodState small values a method keeps between rounds, opaque to others
 */
public record StateRef(
        int version, SortedMap<String, BlobRef> parts, List<FoldRef> folds, SortedMap<String, String> methodState) {

    /** The part with the control variates that agents train by. */
    public static final String CONTROL_VARIATES = "control-variates";

    public StateRef {
        parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
        folds = List.copyOf(folds);
        methodState = Collections.unmodifiableSortedMap(new TreeMap<>(methodState));
        for (int i = 0; i < folds.size(); i++) {
            if (i > 0 && folds.get(i).version() != folds.get(i - 1).version() + 1) {
                throw new IllegalArgumentException(
                        "fold log has a gap before version " + folds.get(i).version());
            }
        }
    }

    /**
     * Whether a part stays with the coordinator: what a rule remembers between rounds (the momentum of a server
     * optimiser) is no tensor of the model.
     */
    public static boolean isOfServer(String part) {
        return part.startsWith("server-");
    }

    /** Whether a part holds something else than the model's tensors: what stays here, or what agents train by. */
    public static boolean isBesideModel(String part) {
        return isOfServer(part) || part.equals(CONTROL_VARIATES);
    }

    /** The state as plans name it: without the parts that stay with the coordinator. */
    public StateRef forAgents() {
        SortedMap<String, BlobRef> sent = new TreeMap<>(parts);
        sent.keySet().removeIf(StateRef::isOfServer);
        return new StateRef(version, sent, folds, methodState);
    }

    /** Version of the frozen base that this state's adapter sits on. */
    public int baseVersion() {
        return folds.isEmpty() ? 0 : folds.get(folds.size() - 1).version();
    }
}
