package dev.tributary.adapter;

/** Which rank indices of a module a smaller adapter holds. */
@FunctionalInterface
public interface RankIndices {

    /** Ascending indices into the module's full rank. */
    int[] of(String module);
}
