package dev.tributary.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Which rank indices of a module an agent works on, computed alike by both sides and so never sent. A and B of a module
 * always use the same set.
 */
public final class RankSelection {

    private RankSelection() {}

    /** 0 .. count − 1. */
    public static int[] prefix(int rank, int count) {
        int[] indices = new int[checked(rank, count)];
        Arrays.setAll(indices, i -> i);
        return indices;
    }

    /**
     * A uniformly random subset of 0 .. rank − 1, ascending: the first {@code count} of a Fisher–Yates shuffle by
     * SplitMix64, started from the first eight bytes of SHA-256("tributary-ranks-1:" + seed + ":" + module).
     */
    public static int[] random(long seed, String module, int rank, int count) {
        int[] all = prefix(rank, rank);
        long state = start(seed, module);
        int n = checked(rank, count);
        for (int i = 0; i < n; i++) {
            state += 0x9E3779B97F4A7C15L;
            long z = state;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
            int other = i + (int) Math.floorMod(z >>> 1, (long) (rank - i));
            int swap = all[i];
            all[i] = all[other];
            all[other] = swap;
        }
        int[] chosen = Arrays.copyOf(all, n);
        Arrays.sort(chosen);
        return chosen;
    }

    private static int checked(int rank, int count) {
        if (count < 1 || count > rank) {
            throw new IllegalArgumentException("cannot select " + count + " of " + rank + " ranks");
        }
        return count;
    }

    private static long start(long seed, String module) {
        try {
            byte[] text = ("tributary-ranks-1:" + seed + ":" + module).getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
