package dev.tributary.aggregation.offline;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobParser;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.ModelDescriptor.LinearShape;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.TensorTerms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Adapters that fit together, with the state before them: the largest rank of each module, and zeros. */
final class OfflineRound {

    private static final Set<String> TYPES = Set.of("lora", "rslora");

    private final SortedMap<String, LinearShape> shapes;
    private final List<AdapterConfig> configs;
    private final AdapterConfig global;

    private OfflineRound(SortedMap<String, LinearShape> shapes, List<AdapterConfig> configs, AdapterConfig global) {
        this.shapes = shapes;
        this.configs = configs;
        this.global = global;
    }

    static OfflineRound of(List<Path> directories, List<PeftDirectory> open) {
        SortedMap<String, LinearShape> shapes = shapes(directories.get(0), open.get(0));
        SortedMap<String, Integer> ranks = new TreeMap<>();
        List<AdapterConfig> configs = new ArrayList<>();
        for (int i = 0; i < open.size(); i++) {
            Path where = directories.get(i);
            if (open.get(i).config().fanInFanOut() != open.get(0).config().fanInFanOut()) {
                throw new IllegalArgumentException(where + ": fan_in_fan_out differs from " + directories.get(0));
            }
            if (!shapes(where, open.get(i)).equals(shapes)) {
                throw new IllegalArgumentException(
                        where + ": adapts other modules, or modules of other sizes, than " + directories.get(0));
            }
            AdapterConfig config = open.get(i).config().adapter();
            configs.add(config);
            shapes.keySet().forEach(module -> ranks.merge(module, config.rankOf(module), Math::max));
        }
        AdapterConfig first = configs.get(0);
        AdapterConfig global = named(first.reshaped(ranks, first::scalingOf), List.copyOf(shapes.keySet()));
        return new OfflineRound(shapes, List.copyOf(configs), global);
    }

    /** The same adapter with other target modules. */
    static AdapterConfig named(AdapterConfig config, List<String> targetModules) {
        return new AdapterConfig(
                config.type(),
                config.rank(),
                config.alpha(),
                targetModules,
                config.rankPattern(),
                config.alphaPattern(),
                config.dropout(),
                List.of(),
                "kaiming");
    }

    private static SortedMap<String, LinearShape> shapes(Path where, PeftDirectory peft) {
        AdapterConfig config = peft.config().adapter();
        if (!TYPES.contains(config.type())) {
            throw new IllegalArgumentException(
                    where + ": is of type " + config.type() + "; only " + new TreeSet<>(TYPES) + " can be aggregated");
        }
        Layout layout = peft.tensors().layout();
        for (String name : layout.names()) {
            TensorRole role = TensorName.parse(name).role();
            if (role != TensorRole.LORA_A && role != TensorRole.LORA_B) {
                throw new IllegalArgumentException(
                        where + ": holds " + name + " of a fully trained module; only LoRA factors can be aggregated");
            }
        }
        SortedMap<String, LinearShape> shapes = new TreeMap<>();
        for (String module : Modules.with(layout, TensorRole.LORA_B)) {
            shapes.put(
                    module,
                    new LinearShape(
                            layout.get(Modules.b(module)).shape().get(0),
                            layout.get(Modules.a(module)).shape().get(1)));
        }
        return shapes;
    }

    Set<String> modules() {
        return shapes.keySet();
    }

    AdapterConfig config(int index) {
        return configs.get(index);
    }

    AdapterConfig global() {
        return global;
    }

    TensorSource zeros() {
        Tensors.Builder zeros = Tensors.builder();
        shapes.forEach((module, shape) -> {
            int rank = global.rankOf(module);
            zeros.put(Modules.a(module), new float[rank * shape.in()], rank, shape.in());
            zeros.put(Modules.b(module), new float[shape.out() * rank], shape.out(), rank);
        });
        return zeros.build();
    }

    ModelDescriptor model() {
        int width = shapes.values().stream().mapToInt(LinearShape::in).max().orElse(1);
        return new ModelDescriptor("offline", "Offline", "00", "00", shapes, width, 1);
    }

    Job job(FederatedMethod method, Map<String, String> options) {
        Job job = JobParser.parse("""
                name: offline
                base-model: offline
                task: {type: causal-lm, dataset: none}
                rounds: 1
                """);
        return new Job(
                job.name(),
                job.baseModel(),
                job.task(),
                global,
                job.training(),
                new Job.Aggregation(method.card().name(), new TreeMap<>(options)),
                job.rounds(),
                job.keep(),
                job.cohort(),
                job.upload(),
                job.privacy(),
                job.seed());
    }

    /** Offline there is one round and nothing but A and B: the method must combine both, whole. */
    void requireWhole(FederatedMethod method, Map<String, String> options) {
        GlobalState state =
                new GlobalState(new StateRef(0, new TreeMap<>(), List.of(), new TreeMap<>()), global, zeros());
        AgentProfile agent =
                new AgentProfile(new AgentId("adapter-000000"), "", "cpu", 0, 1 << 16, 0, List.of(), List.of());
        AgentTerms terms =
                method.plans(state, job(method, options), List.of(agent)).get(agent.id());
        boolean both = terms != null
                && terms.operations().isEmpty()
                && terms.adapter().type().equals(global.type())
                && sends(terms, TensorRole.LORA_A)
                && sends(terms, TensorRole.LORA_B);
        if (!both || method.card().personalState()) {
            throw new IllegalArgumentException("method " + method.card().name()
                    + " does not combine whole adapters of one round; fedavg, fedex, flora, flexlora, fedmomentum or a"
                    + " robust rule does");
        }
    }

    void requireEqualRanks(List<Path> directories, String method) {
        for (int i = 0; i < configs.size(); i++) {
            for (String module : shapes.keySet()) {
                if (configs.get(i).rankOf(module) != global.rankOf(module)) {
                    throw new IllegalArgumentException(directories.get(i) + ": " + module + " has rank "
                            + configs.get(i).rankOf(module) + ", another has " + global.rankOf(module) + ", and method "
                            + method + " needs equal ranks; fedex, flora, flexlora or hetlora does not");
                }
            }
        }
    }

    private static boolean sends(AgentTerms terms, TensorRole role) {
        return terms.tensors().stream().anyMatch(t -> t.role() == role && t.send() != TensorTerms.Send.NOTHING);
    }
}
