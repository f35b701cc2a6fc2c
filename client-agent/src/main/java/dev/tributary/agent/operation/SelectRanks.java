package dev.tributary.agent.operation;

import dev.tributary.adapter.RankIndices;
import dev.tributary.adapter.SlicedTensors;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.RankSelection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** {@link AgentOperations#SELECT_RANKS}: training works on some of the global ranks, as many as the plan's adapter has. */
final class SelectRanks implements AgentOperation {

    private static final Set<String> PARAMETERS =
            Set.of(AgentOperations.CHOICE, AgentOperations.SEED, AgentOperations.UNSELECTED);

    @Override
    public String name() {
        return AgentOperations.SELECT_RANKS;
    }

    @Override
    public List<String> check(SortedMap<String, String> parameters) {
        List<String> problems = new ArrayList<>();
        for (String parameter : new TreeSet<>(parameters.keySet())) {
            if (!PARAMETERS.contains(parameter)) {
                problems.add(name() + " has no parameter " + parameter);
            }
        }
        String choice = parameters.getOrDefault(AgentOperations.CHOICE, "");
        if (!choice.equals(AgentOperations.PREFIX) && !choice.equals(AgentOperations.RANDOM)) {
            problems.add(name() + ": choice must be prefix or random, was '" + choice + "'");
        }
        if (choice.equals(AgentOperations.RANDOM) && !isLong(parameters.getOrDefault(AgentOperations.SEED, ""))) {
            problems.add(name() + ": a random choice needs a whole number as seed");
        }
        String unselected = parameters.getOrDefault(AgentOperations.UNSELECTED, "");
        if (!unselected.equals(AgentOperations.DROP) && !unselected.equals(AgentOperations.FOLD)) {
            problems.add(name() + ": unselected must be drop or fold, was '" + unselected + "'");
        }
        return problems;
    }

    private static boolean isLong(String text) {
        try {
            Long.parseLong(text);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    @Override
    public TensorSource before(Context context, TensorSource start) {
        return Tensors.copyOf(new SlicedTensors(start, selected(context, start)));
    }

    @Override
    public Optional<TensorSource> fold(Context context, TensorSource start) {
        if (!AgentOperations.FOLD.equals(context.parameters().get(AgentOperations.UNSELECTED))) {
            return Optional.empty();
        }
        SortedMap<String, Integer> ranks = ranks(start);
        RankIndices others = others(ranks, selected(context, start));
        TensorSource rest = new SlicedTensors(start, others);
        Tensors.Builder fold = Tensors.builder();
        boolean any = false;
        for (String module : ranks.keySet()) {
            if (others.of(module).length == 0) {
                continue;
            }
            if (start.layout().names().contains(new TensorName(module, TensorRole.LORA_R).key())) {
                throw new IllegalArgumentException(module + " has a core between B and A: its unselected ranks are no"
                        + " product of their own and cannot be folded");
            }
            String a = new TensorName(module, TensorRole.LORA_A).key();
            String b = new TensorName(module, TensorRole.LORA_B).key();
            float[] left = rest.read(b);
            double scaling = context.plan().model().adapter().scalingOf(module);
            for (int i = 0; i < left.length; i++) {
                left[i] = (float) (scaling * left[i]);
            }
            fold.put(named(module, TensorRole.FOLD_P, rest.layout().get(b)), left);
            fold.put(named(module, TensorRole.FOLD_Q, rest.layout().get(a)), rest.read(a));
            any = true;
        }
        return any ? Optional.of(fold.build()) : Optional.empty();
    }

    private static TensorInfo named(String module, TensorRole role, TensorInfo like) {
        return new TensorInfo(new TensorName(module, role).key(), like.dtype(), like.shape());
    }

    private static RankIndices selected(Context context, TensorSource start) {
        SortedMap<String, Integer> ranks = ranks(start);
        String seed = context.parameters().get(AgentOperations.SEED);
        boolean random = AgentOperations.RANDOM.equals(context.parameters().get(AgentOperations.CHOICE));
        return module -> {
            int full = rank(ranks, module);
            int count = context.plan().model().adapter().rankOf(module);
            return random && seed != null
                    ? RankSelection.random(Long.parseLong(seed), module, full, count)
                    : RankSelection.prefix(full, count);
        };
    }

    private static RankIndices others(SortedMap<String, Integer> ranks, RankIndices selected) {
        return module -> {
            int[] chosen = selected.of(module);
            return IntStream.range(0, rank(ranks, module))
                    .filter(i -> Arrays.binarySearch(chosen, i) < 0)
                    .toArray();
        };
    }

    /** Rank of every module by the rows of its A. */
    private static SortedMap<String, Integer> ranks(TensorSource start) {
        SortedMap<String, Integer> ranks = new TreeMap<>();
        for (TensorInfo info : start.layout().tensors().values()) {
            TensorName name = TensorName.parse(info.name());
            if (name.role() == TensorRole.LORA_A) {
                ranks.put(name.module(), info.shape().get(0));
            }
        }
        return ranks;
    }

    private static int rank(SortedMap<String, Integer> ranks, String module) {
        Integer rank = ranks.get(module);
        if (rank == null) {
            throw new IllegalArgumentException("the global state has no A of " + module + " to select ranks of");
        }
        return rank;
    }
}
