package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.RankIndices;
import dev.tributary.adapter.ScatteredTensors;
import dev.tributary.adapter.SlicedTensors;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.TensorSubset;
import dev.tributary.adapter.TensorUnion;
import dev.tributary.aggregation.engine.Canonical;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.plan.TensorTerms.Send;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Updates as methods see them: in agent-id order, differences turned into values, smaller adapters at the global rank.
 *
 * @param absences agents that hold only some rank indices and carry no weight at the others
 * @param models what each agent's model was, for measuring: ranks that it did not train as they were before
 */
record PreparedUpdates(List<ReceivedUpdate> updates, Map<AgentId, RankIndices> absences, List<ReceivedUpdate> models) {

    static PreparedUpdates of(FederatedMethod method, GlobalState state, Job job, List<ReceivedUpdate> received) {
        List<ReceivedUpdate> prepared = new ArrayList<>();
        Map<AgentId, RankIndices> absences = new TreeMap<>();
        List<ReceivedUpdate> models = new ArrayList<>();
        for (ReceivedUpdate update : Canonical.order(received)) {
            Optional<Selection> selection = method.selection(state, job, update.agent(), update.config());
            TensorSource tensors = values(method, state, job, update, selection);
            if (selection.isEmpty() || selection.get().fill() == Selection.Fill.NONE) {
                prepared.add(with(update, update.config(), tensors));
                models.add(prepared.get(prepared.size() - 1));
            } else {
                Selection chosen = selection.get();
                AdapterConfig config = atGlobalRank(state, update, chosen);
                prepared.add(with(update, config, scattered(state, update, chosen, tensors)));
                if (chosen.fill() == Selection.Fill.ABSENT) {
                    absences.put(update.agent(), chosen.indices());
                    Selection whole = new Selection(chosen.indices(), Selection.Fill.KEEP, chosen.sketched());
                    models.add(with(update, config, scattered(state, update, whole, tensors)));
                } else {
                    models.add(prepared.get(prepared.size() - 1));
                }
            }
        }
        return new PreparedUpdates(List.copyOf(prepared), absences, List.copyOf(models));
    }

    private static ReceivedUpdate with(ReceivedUpdate update, AdapterConfig config, TensorSource tensors) {
        return new ReceivedUpdate(
                update.agent(), config, update.examples(), update.weight(), tensors, update.seconds());
    }

    private static TensorSource values(
            FederatedMethod method, GlobalState state, Job job, ReceivedUpdate update, Optional<Selection> selection) {
        Predicate<String> isDelta =
                name -> method.sends(job, TensorName.parse(name).role()) == Send.DELTA;
        if (update.tensors().layout().names().stream().noneMatch(isDelta)) {
            return update.tensors();
        }
        TensorSource start = selection.isPresent()
                ? new SlicedTensors(state.tensors(), selection.get().indices())
                : state.tensors();
        return TensorUnion.of(List.of(
                new DeltaView(start, new TensorSubset(update.tensors(), isDelta)),
                new TensorSubset(update.tensors(), isDelta.negate())));
    }

    private static TensorSource scattered(
            GlobalState state, ReceivedUpdate update, Selection selection, TensorSource tensors) {
        Layout full = state.tensors().layout();
        for (TensorInfo info : tensors.layout().tensors().values()) {
            if (!full.names().contains(info.name())) {
                throw new InvalidUpdateException(update.agent(), info.name() + " is no tensor of the global adapter");
            }
        }
        Optional<TensorSource> filling =
                selection.fill() == Selection.Fill.KEEP ? Optional.of(state.tensors()) : Optional.empty();
        try {
            return new ScatteredTensors(tensors, full, selection.indices(), filling);
        } catch (dev.tributary.adapter.FormatException e) {
            throw new InvalidUpdateException(update.agent(), String.valueOf(e.getMessage()));
        }
    }

    private static AdapterConfig atGlobalRank(GlobalState state, ReceivedUpdate update, Selection selection) {
        if (selection.sketched()) {
            return state.config();
        }
        SortedMap<String, Integer> ranks = new TreeMap<>();
        for (TensorInfo info : state.tensors().layout().tensors().values()) {
            TensorName name = TensorName.parse(info.name());
            if (name.role() == TensorRole.LORA_A) {
                ranks.put(name.module(), state.config().rankOf(name.module()));
            }
        }
        return ranks.isEmpty() ? state.config() : update.config().reshaped(ranks, update.config()::scalingOf);
    }
}
