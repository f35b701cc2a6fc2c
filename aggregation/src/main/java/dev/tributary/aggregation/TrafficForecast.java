package dev.tributary.aggregation;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.TensorTerms;
import dev.tributary.plan.TensorTerms.Send;
import dev.tributary.plan.TensorTerms.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the rounds of a job will move, from the shapes of its state and the plans of its method alone: the files that
 * agents send, and those parts of each state that differ from the one before, which every agent fetches. A fold counts
 * with the most ranks it can have; that a fold log may be compacted, and that a configurator may spare slow agents layers
 * once it has measured them, does not count.
 */
public final class TrafficForecast {

    private static final StandardAggregation AGGREGATION = new StandardAggregation();

    private final FederatedMethod method;
    private final Job job;
    private final List<AgentProfile> agents;
    private final int cohort;
    private final DeclaredState declared;
    private final Map<List<Object>, Long> sizes = new HashMap<>();
    private final Set<TensorRole> controlled = EnumSet.noneOf(TensorRole.class);

    private TrafficForecast(
            FederatedMethod method, Job job, ModelDescriptor model, List<AgentProfile> agents, int cohort) {
        this.method = method;
        this.job = job;
        this.agents = agents;
        this.cohort = cohort;
        this.declared = DeclaredState.of(method, job, model);
    }

    /**
     * One round.
     *
     * @param up what each agent sends if it is of the cohort
     * @param before what an agent fetches of the state that the round begins from
     * @param after what it fetches of the state that the round leaves
     */
    public record Round(SortedMap<AgentId, Long> up, long before, long after) {

        /** Mean over the agents. */
        public double meanUp() {
            return up.values().stream().mapToLong(Long::longValue).average().orElse(0);
        }
    }

    /**
     * The first rounds of a job.
     *
     * @param job one that passed the method's check, as it runs
     * @param agents that may take part; with unequal ranks each sends its own
     * @param cohort how many of them a round asks
     */
    public static List<Round> rounds(
            FederatedMethod method, Job job, ModelDescriptor model, List<AgentProfile> agents, int cohort, int rounds) {
        return new TrafficForecast(method, job, model, agents, cohort).walk(rounds);
    }

    private List<Round> walk(int count) {
        List<Round> rounds = new ArrayList<>();
        GlobalState state = declared.state();
        long before = declared.parts().values().stream()
                .mapToLong(SafetensorsWriter::byteLength)
                .sum();
        for (int i = 0; i < count; i++) {
            SortedMap<AgentId, AgentTerms> terms = Plans.training(method, state, job, agents);
            SortedMap<AgentId, Long> up = new TreeMap<>();
            for (Map.Entry<AgentId, AgentTerms> each : terms.entrySet()) {
                up.put(each.getKey(), up(state, each.getValue()));
            }
            long after = down(state, terms.values().stream().limit(cohort).toList());
            rounds.add(new Round(up, before, after));
            before = after;
            state = declared.after(
                    state, BaseStart.isDue(state) ? BaseStart.rememberedAfter(state) : method.rememberedAfter(state));
        }
        return rounds;
    }

    private long up(GlobalState state, AgentTerms terms) {
        return sizes.computeIfAbsent(List.of(terms.adapter(), terms.tensors()), key -> {
            DType dtype = job.upload().dtype().equals("bf16") ? DType.BF16 : DType.F32;
            return SafetensorsWriter.byteLength(Layout.of(AGGREGATION.expectedUpdate(state, terms).values().stream()
                    .map(info -> new TensorInfo(info.name(), dtype, info.shape()))
                    .toList()));
        });
    }

    private long down(GlobalState state, List<AgentTerms> round) {
        if (BaseStart.isDue(state)) {
            return parts(sent(round)) + fold(state, BaseStart.foldRanks(state));
        }
        Set<TensorRole> changed = sent(round);
        changed.addAll(method.rewrites(state, job));
        long control = 0;
        if (ControlVariates.of(job).isPresent()) {
            controlled.addAll(sent(round));
            control = size(ControlVariates.layout(state, name -> controlled.contains(role(name))));
        }
        return parts(changed) + fold(state, method.foldRanks(state, job, round)) + control;
    }

    private long parts(Set<TensorRole> changed) {
        return declared.parts().values().stream()
                .filter(part -> part.names().stream().anyMatch(name -> changed.contains(role(name))))
                .mapToLong(this::size)
                .sum();
    }

    private long fold(GlobalState state, SortedMap<String, Integer> ranks) {
        return ranks.isEmpty() ? 0 : size(Modules.folds(state.tensors().layout(), ranks));
    }

    /** Drawn tensors become part of a fold, not of the state. */
    private static Set<TensorRole> sent(Collection<AgentTerms> round) {
        return round.stream()
                .flatMap(terms -> terms.tensors().stream())
                .filter(t -> t.send() != Send.NOTHING && t.source() != Source.SEED)
                .map(TensorTerms::role)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(TensorRole.class)));
    }

    private long size(Layout layout) {
        return sizes.computeIfAbsent(List.of(layout), key -> SafetensorsWriter.byteLength(layout));
    }

    private static TensorRole role(String tensor) {
        return TensorName.parse(tensor).role();
    }
}
