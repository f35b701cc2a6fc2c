package dev.tributary.adapter;

import java.util.Optional;

/** Looks for NaN and infinities. Non-finite updates are rejected, never repaired. */
public final class FiniteCheck {

    private static final int PIECE = 1 << 15;

    private FiniteCheck() {}

    /**
     * The first value that is not finite.
     *
     * @param tensor its tensor
     * @param index row-major position
     */
    public record Found(String tensor, long index, float value) {
        @Override
        public String toString() {
            return tensor + " holds " + value + " at element " + index;
        }
    }

    /** Reads every floating-point tensor once, in name order; integer tensors are always finite. */
    public static Optional<Found> first(TensorSource source) {
        float[] piece = new float[PIECE];
        for (TensorInfo info : source.layout().tensors().values()) {
            if (!info.dtype().isFloat()) {
                continue;
            }
            for (long at = 0; at < info.elements(); at += PIECE) {
                int count = (int) Math.min(PIECE, info.elements() - at);
                source.read(info.name(), at, piece, 0, count);
                for (int i = 0; i < count; i++) {
                    if (!Float.isFinite(piece[i])) {
                        return Optional.of(new Found(info.name(), at + i, piece[i]));
                    }
                }
            }
        }
        return Optional.empty();
    }
}
