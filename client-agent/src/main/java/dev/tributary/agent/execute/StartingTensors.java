package dev.tributary.agent.execute;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.DType;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.TensorTerms;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Puts together what a plan's tensors start from: the state blobs, the agent's own kept tensors, or the seed, role by
 * role. Roles that a plan does not list come from the state, are not trained and not sent.
 */
final class StartingTensors {

    private StartingTensors() {}

    /** @throws RefusedException if the sources do not hold what the terms name */
    static Tensors build(
            List<TensorTerms> terms, List<? extends TensorSource> state, Optional<Tensors> kept, SeededTensors seeded) {
        Map<TensorRole, TensorTerms.Source> sources = new EnumMap<>(TensorRole.class);
        terms.forEach(term -> sources.put(term.role(), term.source()));
        Tensors server = read(state);
        TreeMap<String, TensorSource> chosen = new TreeMap<>();
        for (String name : server.layout().names()) {
            if (sources.get(roleOf(name)) != TensorTerms.Source.SEED) {
                chosen.put(name, server);
            }
        }
        kept.ifPresent(own -> {
            for (String name : own.layout().names()) {
                if (isAdapterTensor(name) && sources.get(roleOf(name)) == TensorTerms.Source.KEPT) {
                    chosen.put(name, own);
                }
            }
        });
        Tensors.Builder start = Tensors.builder();
        chosen.forEach((name, source) -> start.put(source.layout().get(name), source.read(name)));
        for (TensorTerms term : terms) {
            if (term.source() == TensorTerms.Source.SEED) {
                seeded.draw(term.role(), start);
            } else if (chosen.keySet().stream().noneMatch(name -> roleOf(name) == term.role())) {
                throw new RefusedException(
                        "bad-state",
                        "the plan takes tensors of role " + term.role() + " from " + term.source()
                                + ", but there are none in the state's blobs" + ownText(term));
            }
        }
        return start.build();
    }

    private static String ownText(TensorTerms term) {
        return term.source() == TensorTerms.Source.KEPT ? " nor among this agent's own" : "";
    }

    /** All adapter tensors of the state's parts, widened to fp32. */
    private static Tensors read(List<? extends TensorSource> parts) {
        return read(parts, StartingTensors::isAdapterTensor);
    }

    /** What the state's parts hold beside tensors of an adapter, for operations. */
    static Tensors beside(List<? extends TensorSource> parts) {
        return read(parts, name -> !isAdapterTensor(name));
    }

    private static Tensors read(List<? extends TensorSource> parts, Predicate<String> wanted) {
        Tensors.Builder all = Tensors.builder();
        for (TensorSource part : parts) {
            for (TensorInfo info : part.layout().tensors().values()) {
                if (!info.dtype().isFloat() || !wanted.test(info.name())) {
                    continue;
                }
                try {
                    all.put(new TensorInfo(info.name(), DType.F32, info.shape()), part.read(info.name()));
                } catch (IllegalArgumentException e) {
                    throw new RefusedException("bad-state", "in the global state's parts, " + e.getMessage(), e);
                }
            }
        }
        return all.build();
    }

    /** @throws RefusedException if a tensor of an adapted module has not the shape that the adapter's rank gives it */
    static void checkShapes(TensorSource start, ModelDescriptor model, AdapterConfig adapter) {
        for (TensorInfo info : start.layout().tensors().values()) {
            TensorName name = TensorName.parse(info.name());
            ModelDescriptor.LinearShape shape = model.linearModules().get(name.module());
            boolean pair = name.role() == TensorRole.LORA_A || name.role() == TensorRole.LORA_B;
            if (pair && shape == null) {
                throw new RefusedException(
                        "layout-mismatch",
                        "tensor " + info.name() + ": base model '" + model.name() + "' has no such linear module");
            }
            if (pair && shape != null) {
                TensorInfo expected = TensorInfo.f32(
                        info.name(), SeededTensors.dimensions(name.role(), shape, adapter.rankOf(name.module())));
                if (!expected.shape().equals(info.shape())) {
                    throw new RefusedException(
                            "layout-mismatch",
                            "tensor " + info.name() + " has shape " + info.shape() + ", the plan's adapter needs "
                                    + expected.shape());
                }
            }
        }
    }

    private static boolean isAdapterTensor(String name) {
        try {
            TensorName.parse(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static TensorRole roleOf(String name) {
        return TensorName.parse(name).role();
    }
}
