package dev.tributary.aggregation.method;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.TensorInfo;

/** Layouts as states are stored, in fp32, whatever type the uploads had. */
final class Fp32 {

    private Fp32() {}

    static Layout layout(Layout layout) {
        return Layout.of(layout.tensors().values().stream()
                .map(info -> new TensorInfo(info.name(), DType.F32, info.shape()))
                .toList());
    }
}
