package dev.tributary.training.model;

import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Java arrays in and out of libtorch, and the lifetime of native tensors. */
public final class Torch {

    private Torch() {}

    /** A tensor on the processor, in the caller's pointer scope. */
    public static Tensor of(float[] values, long... shape) {
        return Device.CPU.floats(values, shape);
    }

    public static long[] shape(List<Integer> shape) {
        return shape.stream().mapToLong(Integer::longValue).toArray();
    }

    /** The values of an int64 tensor. */
    public static long[] longs(Tensor tensor) {
        try (PointerScope scope = new PointerScope()) {
            long[] values = new long[Math.toIntExact(tensor.numel())];
            if (values.length > 0) {
                here(tensor).data_ptr_long().get(values);
            }
            return values;
        }
    }

    /** The values of a tensor in float32, row-major. */
    public static float[] floats(Tensor tensor) {
        try (PointerScope scope = new PointerScope()) {
            float[] values = new float[Math.toIntExact(tensor.numel())];
            if (values.length > 0) {
                here(tensor.to(ScalarType.Float)).data_ptr_float().get(values);
            }
            return values;
        }
    }

    /** The values of a float64 tensor, row-major. */
    public static double[] doubles(Tensor tensor) {
        try (PointerScope scope = new PointerScope()) {
            double[] values = new double[Math.toIntExact(tensor.numel())];
            if (values.length > 0) {
                here(tensor).data_ptr_double().get(values);
            }
            return values;
        }
    }

    private static Tensor here(Tensor tensor) {
        return Device.CPU.put(tensor.detach(), tensor.scalar_type().intern()).contiguous();
    }

    /** Whether the tensor is in bfloat16. */
    public static boolean isHalf(Tensor tensor) {
        return tensor.scalar_type().intern() == ScalarType.BFloat16;
    }

    /** {@code tensor} in the element type of {@code other}, itself if it has it. */
    public static Tensor like(Tensor tensor, Tensor other) {
        ScalarType type = other.scalar_type();
        return tensor.scalar_type().value == type.value ? tensor : tensor.to(type.intern());
    }

    /** Adds to a parameter's gradient, which may be absent so far. */
    public static void addGradient(Tensor parameter, Tensor gradient) {
        try (NoGradGuard noGradients = new NoGradGuard()) {
            if (parameter.grad().defined()) {
                parameter.grad().add_(gradient);
            } else {
                parameter.mutable_grad().put(gradient.clone());
            }
        }
    }

    public static Scalar scalar(double value) {
        return new Scalar(value);
    }

    /**
     * Runs {@code body} and frees every native object it made, except the tensor it returns. What autograd still needs
     * stays alive inside libtorch.
     */
    public static Tensor scoped(Supplier<Tensor> body) {
        Tensor result;
        try (PointerScope scope = new PointerScope()) {
            result = body.get();
            result.retainReference();
        }
        return handToEnclosingScope(result);
    }

    /** Moves a pointer that holds one reference of its own into the caller's scope, if there is one. */
    static <P extends Pointer> P handToEnclosingScope(P pointer) {
        PointerScope enclosing = PointerScope.getInnerScope();
        if (enclosing != null) {
            enclosing.attach(pointer);
            pointer.releaseReference();
        }
        return pointer;
    }
}
