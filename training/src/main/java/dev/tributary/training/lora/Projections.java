package dev.tributary.training.lora;

import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.Linear;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * VeRA's shared random projections: those of the adapter ({@code vera_A}, {@code vera_B}) if it carries them, else the ones
 * that PEFT draws for {@code projection_prng_key} 0, value for value.
 */
final class Projections {

    private final Device device;
    private final int rank;
    private int widestIn;
    private int widestOut;
    private @Nullable Tensor a; // (r, widest in)
    private @Nullable Tensor b; // (widest out, r)

    Projections(Device device, int rank, @Nullable Tensor a, @Nullable Tensor b) {
        this.device = device;
        this.rank = rank;
        if ((a == null) != (b == null)) {
            throw new TrainingException("adapter: vera_A and vera_B come together or not at all");
        }
        this.a = a;
        this.b = b;
    }

    void cover(Linear module) {
        widestIn = Math.max(widestIn, module.in());
        widestOut = Math.max(widestOut, module.out());
    }

    /** Makes the projections if the adapter has none; to be called when all modules are known. */
    void complete() {
        if (widestIn == 0) {
            return;
        }
        Tensor givenA = a;
        Tensor givenB = b;
        if (givenA == null || givenB == null) {
            draw();
        } else if (givenA.size(0) != rank
                || givenA.size(1) < widestIn
                || givenB.size(0) < widestOut
                || givenB.size(1) != rank) {
            throw new TrainingException("adapter: vera_A (" + givenA.size(0) + ", " + givenA.size(1) + ") and vera_B ("
                    + givenB.size(0) + ", " + givenB.size(1) + ") are too small for rank " + rank
                    + " and modules of up to "
                    + widestIn + " inputs and " + widestOut + " outputs");
        }
    }

    /** Uniform in ±√2·√3/√fan-in, from PyTorch's generator with seed 0, A before B. */
    private void draw() {
        Tensor drawnA = torch.empty(rank, widestIn);
        Tensor drawnB = torch.empty(widestOut, rank);
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            Generator generator = torch.make_generator_cpu(0);
            for (Tensor each : new Tensor[] {drawnA, drawnB}) {
                double bound = Math.sqrt(3) * (Math.sqrt(2) / Math.sqrt(each.size(1)));
                each.uniform_(-bound, bound, new GeneratorOptional(generator));
            }
        }
        a = device.put(drawnA);
        b = device.put(drawnB);
    }

    /** The first {@code in} columns of A, (r, in). */
    Tensor down(int in) {
        return complete(a).narrow(1, 0, in);
    }

    /** The first {@code out} rows of B, (out, r). */
    Tensor up(int out) {
        return complete(b).narrow(0, 0, out);
    }

    private static Tensor complete(@Nullable Tensor projection) {
        if (projection == null) {
            throw new IllegalStateException("projections are asked for before they are complete");
        }
        return projection;
    }
}
