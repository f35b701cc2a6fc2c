package dev.tributary.adapter;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** JSON from strangers: no duplicate keys, bounded depth, names and strings. */
final class StrictJson {

    private StrictJson() {}

    static JsonFactory factory() {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(16)
                        .maxStringLength(64 * 1024)
                        .maxNameLength(4096)
                        .maxNumberLength(64)
                        .build())
                .build();
    }
}
