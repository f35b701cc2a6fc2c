package dev.tributary.training.model;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Tensors one behind the other in one buffer, so that all of them are changed, or moved between devices, at once. */
public final class Flat {

    private Flat() {}

    /** A copy of the values, (elements); in the caller's pointer scope. */
    public static Tensor join(List<Tensor> tensors) {
        try (NoGradGuard noGradients = new NoGradGuard()) {
            return torch.cat(new TensorVector(
                    tensors.stream().map(t -> t.detach().reshape(-1)).toArray(Tensor[]::new)));
        }
    }

    /** Views of the buffer with the shapes of {@code like}, in that order. */
    public static List<Tensor> parts(Tensor flat, List<Tensor> like) {
        List<Tensor> parts = new ArrayList<>();
        long at = 0;
        for (Tensor tensor : like) {
            parts.add(flat.narrow(0, at, tensor.numel()).view_as(tensor));
            at += tensor.numel();
        }
        return parts;
    }

    /**
     * Moves the values of parameters into a buffer, of which they are views from now on; tensors that shared their memory
     * stay behind.
     */
    public static Tensor adopt(List<Tensor> parameters) {
        try (NoGradGuard noGradients = new NoGradGuard()) {
            Tensor flat = join(parameters);
            List<Tensor> views = parts(flat, parameters);
            for (int i = 0; i < views.size(); i++) {
                parameters.get(i).set_data(views.get(i));
            }
            return flat;
        }
    }

    /** Copies on {@code device}, made by one transfer; the tensors themselves if they live there. */
    public static List<Tensor> moved(List<Tensor> tensors, Device from, Device device) {
        return from.equals(device) || tensors.isEmpty() ? tensors : parts(device.put(join(tensors)), tensors);
    }
}
