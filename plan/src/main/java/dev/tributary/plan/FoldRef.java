package dev.tributary.plan;

/**
 * One entry of the fold log: applying the low-rank blob ({@code fold_P}, {@code fold_Q} per module, scaling included)
 * takes the frozen base from {@code version - 1} to {@code version}.
 *
 * @param version base version after this fold; the unmodified base is version 0
 */
public record FoldRef(int version, BlobRef blob) {
    public FoldRef {
        if (version < 1) {
            throw new IllegalArgumentException("fold version must be ≥ 1, was " + version);
        }
    }
}
