package dev.tributary.agent.execute;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.TensorTerms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What leaves the agent: exactly the tensors whose terms say that they are sent. */
final class UpdateFile {

    private UpdateFile() {}

    /**
     * Writes the update, flushed to the disk.
     *
     * @param start what training began with; {@code DELTA} is trained less start, computed in fp32
     * @return the file's layout
     * @throws RefusedException if a value is not finite in the element type it is sent in
     */
    static Layout write(Path file, List<TensorTerms> terms, TensorSource start, TensorSource trained, DType dtype) {
        Map<TensorRole, TensorTerms> byRole = byRole(terms);
        List<TensorInfo> sent = new ArrayList<>();
        for (TensorInfo info : trained.layout().tensors().values()) {
            TensorTerms term = byRole.get(TensorName.parse(info.name()).role());
            if (term != null && term.send() != TensorTerms.Send.NOTHING) {
                sent.add(new TensorInfo(info.name(), dtype, info.shape()));
            }
        }
        Layout layout = Layout.of(sent);
        try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, Map.of())) {
            for (String name : layout.names()) {
                writer.write(name, valuesToSend(name, byRole, start, trained, dtype));
            }
        }
        return layout;
    }

    private static float[] valuesToSend(
            String name, Map<TensorRole, TensorTerms> byRole, TensorSource start, TensorSource trained, DType dtype) {
        float[] values = trained.read(name);
        TensorTerms term = byRole.get(TensorName.parse(name).role());
        if (term != null && term.send() == TensorTerms.Send.DELTA) {
            subtract(values, start, name, trained.layout().get(name));
        }
        for (float value : values) {
            if (!survives(value, dtype)) {
                throw new RefusedException(
                        "training-failed",
                        "tensor " + name + " holds " + value + " after training, which cannot be sent as " + dtype
                                + "; a lower learning rate may help");
            }
        }
        return values;
    }

    private static boolean survives(float value, DType dtype) {
        // From half a step above the largest bf16, 2^128 - 2^120, rounding gives infinity.
        return dtype == DType.BF16 ? Math.abs(value) < 0x1.FFp127f : Float.isFinite(value);
    }

    /** Takes away what training began with. */
    static void subtract(float[] values, TensorSource start, String name, TensorInfo info) {
        TensorInfo before = start.layout().tensors().get(name);
        if (before == null || !before.shape().equals(info.shape())) {
            throw new RefusedException(
                    "bad-plan",
                    "the plan wants the change of " + name + ", but training did not begin with a tensor of shape "
                            + info.shape());
        }
        float[] from = start.read(name);
        for (int i = 0; i < values.length; i++) {
            values[i] -= from[i];
        }
    }

    /** The tensors whose terms say that the agent keeps them; empty if there are none. */
    static Optional<Tensors> kept(List<TensorTerms> terms, TensorSource trained) {
        Map<TensorRole, TensorTerms> byRole = byRole(terms);
        Tensors.Builder kept = Tensors.builder();
        boolean any = false;
        for (TensorInfo info : trained.layout().tensors().values()) {
            TensorTerms term = byRole.get(TensorName.parse(info.name()).role());
            if (term != null && term.keep()) {
                kept.put(new TensorInfo(info.name(), DType.F32, info.shape()), trained.read(info.name()));
                any = true;
            }
        }
        return any ? Optional.of(kept.build()) : Optional.empty();
    }

    private static Map<TensorRole, TensorTerms> byRole(List<TensorTerms> terms) {
        Map<TensorRole, TensorTerms> byRole = new EnumMap<>(TensorRole.class);
        terms.forEach(term -> byRole.put(term.role(), term));
        return byRole;
    }
}
