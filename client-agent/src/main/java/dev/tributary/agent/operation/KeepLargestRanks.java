package dev.tributary.agent.operation;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.AgentOperations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** {@link AgentOperations#KEEP_LARGEST_RANKS}: only the ranks that changed the product most keep their change. */
final class KeepLargestRanks implements AgentOperation {

    private static final Set<String> PARAMETERS = Set.of(AgentOperations.FACTOR, AgentOperations.BUDGET);

    /** One rank of one module and what it changed. */
    private record Scored(TensorInfo factor, int index, double change) {}

    @Override
    public String name() {
        return AgentOperations.KEEP_LARGEST_RANKS;
    }

    @Override
    public List<String> check(SortedMap<String, String> parameters) {
        List<String> problems = FactorParameter.problems(name(), parameters, PARAMETERS);
        if (!parameters.getOrDefault(AgentOperations.BUDGET, "").matches("[1-9][0-9]{0,8}")) {
            problems.add(name() + ": budget must be a whole number above 0, was '"
                    + parameters.getOrDefault(AgentOperations.BUDGET, "") + "'");
        }
        return problems;
    }

    @Override
    public TensorSource after(Context context, TensorSource start, TensorSource trained) {
        boolean ofA = FactorParameter.isA(context.parameters());
        int budget = Integer.parseInt(context.parameters().getOrDefault(AgentOperations.BUDGET, "1"));
        TensorRole changed = ofA ? TensorRole.LORA_A : TensorRole.LORA_B;
        List<Scored> ranks = new ArrayList<>();
        Tensors.Builder result = Tensors.builder();
        SortedMap<String, float[]> factors = new java.util.TreeMap<>();
        for (TensorInfo info : trained.layout().tensors().values()) {
            TensorName name = TensorName.parse(info.name());
            if (name.role() == changed) {
                factors.put(info.name(), trained.read(info.name()));
                ranks.addAll(scores(info, name.module(), ofA, start, trained));
            } else {
                result.put(TensorInfo.f32(info.name(), shape(info)), trained.read(info.name()));
            }
        }
        ranks.sort(Comparator.comparingDouble(Scored::change)
                .reversed()
                .thenComparing(rank -> rank.factor().name())
                .thenComparingInt(Scored::index));
        for (Scored undone : ranks.subList(Math.min(budget, ranks.size()), ranks.size())) {
            float[] values = factors.get(undone.factor().name());
            float[] before = start.read(undone.factor().name());
            if (values != null) {
                visit(undone.factor(), undone.index(), ofA, at -> values[at] = before[at]);
            }
        }
        factors.forEach((name, values) ->
                result.put(TensorInfo.f32(name, shape(trained.layout().get(name))), values));
        return result.build();
    }

    private static List<Scored> scores(
            TensorInfo info, String module, boolean ofA, TensorSource start, TensorSource trained) {
        TensorInfo before = start.layout().tensors().get(info.name());
        TensorInfo other = trained.layout()
                .tensors()
                .get(new TensorName(module, ofA ? TensorRole.LORA_B : TensorRole.LORA_A).key());
        if (before == null || !before.shape().equals(info.shape()) || other == null) {
            throw new IllegalArgumentException("training did not begin with " + info.name() + " of shape "
                    + info.shape() + " and its other factor");
        }
        float[] values = trained.read(info.name());
        float[] from = start.read(info.name());
        float[] fixed = trained.read(other.name());
        List<Scored> scores = new ArrayList<>();
        for (int j = 0; j < info.shape().get(ofA ? 0 : 1); j++) {
            double[] squares = new double[2];
            visit(info, j, ofA, at -> squares[0] += Math.pow((double) values[at] - from[at], 2));
            visit(other, j, !ofA, at -> squares[1] += Math.pow(fixed[at], 2));
            scores.add(new Scored(info, j, Math.sqrt(squares[0]) * Math.sqrt(squares[1])));
        }
        return scores;
    }

    /** Positions of one rank: a row of A or a column of B. */
    private static void visit(TensorInfo info, int index, boolean row, java.util.function.IntConsumer position) {
        int rows = info.shape().get(0);
        int columns = info.shape().get(1);
        for (int i = 0; i < (row ? columns : rows); i++) {
            position.accept(row ? index * columns + i : i * columns + index);
        }
    }

    private static int[] shape(TensorInfo info) {
        return info.shape().stream().mapToInt(Integer::intValue).toArray();
    }
}
