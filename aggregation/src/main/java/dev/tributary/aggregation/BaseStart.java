package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterKind;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.UpdatePieces;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The first round of a job whose adapter begins with values of the base model, which the coordinator does not hold: every
 * agent computes them from the same weights (and the same public data, where the method says so) and sends them, and those
 * of the agent that lies nearest to all others become the global ones, so that a minority of wrong agents changes nothing
 * and factors stay what one agent made them: singular vectors of close values turn freely, and a mean or median of them
 * would be no basis. Where the adapter took a part of the base's weight, −s·B·A of the very
 * values published becomes the first fold: the model is the unmodified base, to the last bit of the factors.
 */
final class BaseStart {

    /** In the method state before that round: which part holds the tensors of which role. */
    private static final String KEY = "start-from-base";

    private BaseStart() {}

    /** Marks a fresh state of the given parts, if the job needs such a round. */
    static void mark(FederatedMethod method, Job job, SortedMap<String, Layout> layouts, NextState fresh) {
        if (method.fromBase(job).isEmpty() || !job.startFrom().isEmpty()) {
            return;
        }
        Map<TensorRole, String> parts = new EnumMap<>(TensorRole.class);
        layouts.forEach((part, layout) ->
                layout.names().forEach(name -> parts.put(TensorName.parse(name).role(), part)));
        fresh.remember(
                KEY,
                parts.entrySet().stream()
                        .map(e -> e.getKey().name() + "=" + e.getValue())
                        .collect(Collectors.joining(",")));
    }

    /** Whether the coming round is that round. */
    static boolean isDue(GlobalState state) {
        return state.ref().methodState().containsKey(KEY);
    }

    static SortedMap<AgentId, AgentTerms> plans(FederatedMethod method, Job job, List<AgentProfile> cohort) {
        List<TensorTerms> tensors = method.fromBase(job).stream()
                .map(role -> new TensorTerms(role, TensorTerms.Source.SERVER, false, TensorTerms.Send.VALUE, false))
                .toList();
        AgentTerms terms = method.publicStep(job)
                .map(step -> fromStep(method, job, tensors, step))
                .orElseGet(() -> new AgentTerms(
                        method.adapter(job),
                        tensors,
                        List.of(new Plan.Operation(AgentOperations.START_FROM_BASE, new TreeMap<>()))));
        SortedMap<AgentId, AgentTerms> plans = new TreeMap<>();
        cohort.forEach(agent -> plans.put(agent.id(), terms));
        return plans;
    }

    /** A gradient depends on the head too. */
    private static AgentTerms fromStep(FederatedMethod method, Job job, List<TensorTerms> sent, PublicStep step) {
        List<TensorTerms> tensors = new ArrayList<>(sent);
        if (job.task().isClassification()) {
            for (TensorRole role : List.of(TensorRole.WEIGHT, TensorRole.BIAS)) {
                tensors.add(new TensorTerms(role, TensorTerms.Source.SERVER, false, TensorTerms.Send.NOTHING, false));
            }
        }
        TreeMap<String, String> parameters = new TreeMap<>(Map.of(AgentOperations.STEP, String.valueOf(step.size())));
        return new AgentTerms(
                method.adapter(job),
                tensors,
                List.of(new Plan.Operation(AgentOperations.START_FROM_STEP, parameters)),
                Optional.of(step.dataset()));
    }

    /** Writes the state that training begins from. */
    static void after(GlobalState state, List<ReceivedUpdate> updates, StateFiles next) {
        Map<TensorRole, String> parts = new EnumMap<>(TensorRole.class);
        for (String entry : state.ref().methodState().getOrDefault(KEY, "").split(",")) {
            String[] pair = entry.split("=");
            parts.put(TensorRole.valueOf(pair[0]), pair[1]);
        }
        TensorSource made = nearestToAll(updates, state.tensors()).tensors();
        Set<String> names = new HashSet<>(parts.values());
        for (String part : names) {
            List<TensorInfo> infos = state.tensors().layout().tensors().values().stream()
                    .filter(info ->
                            part.equals(parts.get(TensorName.parse(info.name()).role())))
                    .map(info -> TensorInfo.f32(
                            info.name(),
                            info.shape().stream().mapToInt(Integer::intValue).toArray()))
                    .toList();
            try (SafetensorsWriter writer = next.part(part, Layout.of(infos))) {
                for (TensorInfo info : infos) {
                    TensorSource source = made.layout().names().contains(info.name()) ? made : state.tensors();
                    writer.write(info.name(), source.read(info.name()));
                }
            }
        }
        SortedMap<String, Integer> ranks = foldRanks(state);
        if (!ranks.isEmpty()) {
            fold(state, ranks, next);
        }
        rememberedAfter(state).forEach(next::remember);
    }

    /** What is remembered once that round is over. */
    static SortedMap<String, String> rememberedAfter(GlobalState state) {
        SortedMap<String, String> remembered = new TreeMap<>(state.ref().methodState());
        remembered.remove(KEY);
        return remembered;
    }

    /** Ranks of the fold that the round leaves: those of the adapter where it took a part of the base. */
    static SortedMap<String, Integer> foldRanks(GlobalState state) {
        SortedMap<String, Integer> ranks = new TreeMap<>();
        if (AdapterKind.of(state.config()).takesPartOfBase()) {
            Modules.with(state.tensors().layout(), TensorRole.LORA_B)
                    .forEach(module -> ranks.put(module, state.config().rankOf(module)));
        }
        return ranks;
    }

    /** The update with the smallest sum of distances to the others; of equals the first. */
    private static ReceivedUpdate nearestToAll(List<ReceivedUpdate> updates, TensorSource state) {
        double[][] gram = UpdatePieces.gram(updates, state);
        int nearest = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < gram.length; i++) {
            double sum = 0;
            for (int j = 0; j < gram.length; j++) {
                sum += Math.sqrt(Math.max(0, gram[i][i] + gram[j][j] - 2 * gram[i][j]));
            }
            if (sum < least) {
                least = sum;
                nearest = i;
            }
        }
        return updates.get(nearest);
    }

    private static void fold(GlobalState state, SortedMap<String, Integer> ranks, StateFiles next) {
        List<SafetensorsFile> open = new ArrayList<>();
        try {
            next.produced().newParts().values().forEach(path -> open.add(SafetensorsFile.open(path)));
            TensorSource published = dev.tributary.adapter.TensorUnion.of(List.copyOf(open));
            try (SafetensorsWriter fold = next.fold(Modules.folds(published.layout(), ranks))) {
                for (String module : ranks.keySet()) {
                    float[] left = published.read(Modules.b(module));
                    double scaling = state.config().scalingOf(module);
                    for (int i = 0; i < left.length; i++) {
                        left[i] = (float) (-scaling * left[i]);
                    }
                    fold.write(Modules.p(module), left);
                    fold.write(Modules.q(module), published.read(Modules.a(module)));
                }
            }
        } finally {
            open.forEach(SafetensorsFile::close);
        }
    }
}
