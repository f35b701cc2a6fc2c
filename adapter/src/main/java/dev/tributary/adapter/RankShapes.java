package dev.tributary.adapter;

import java.util.List;

/** Where the rank dimension of each role lies. */
final class RankShapes {

    private RankShapes() {}

    /** Maps a row-major position in the smaller tensor to the one in the full tensor. */
    interface Positions {
        int inFull(int position);
    }

    static boolean isRanked(TensorInfo info) {
        return switch (role(info)) {
            case LORA_A, LORA_B, LORA_R -> true;
            default -> false;
        };
    }

    private static TensorRole role(TensorInfo info) {
        return TensorName.parse(info.name()).role();
    }

    static TensorInfo sliced(TensorInfo info, RankIndices indices) {
        if (!isRanked(info)) {
            return info;
        }
        int count = indices.of(TensorName.parse(info.name()).module()).length;
        List<Integer> shape = switch (role(info)) {
            case LORA_A -> List.of(count, info.shape().get(1));
            case LORA_B -> List.of(info.shape().get(0), count);
            default -> List.of(count, count);
        };
        return new TensorInfo(info.name(), info.dtype(), shape);
    }

    /** @param info the full tensor */
    static Positions positions(TensorInfo info, RankIndices indices) {
        int[] chosen = indices.of(TensorName.parse(info.name()).module());
        int width = info.shape().get(1);
        int count = chosen.length;
        return switch (role(info)) {
            case LORA_A -> position -> chosen[position / width] * width + position % width;
            case LORA_B -> position -> position / count * width + chosen[position % count];
            default -> position -> chosen[position / count] * width + chosen[position % count];
        };
    }
}
