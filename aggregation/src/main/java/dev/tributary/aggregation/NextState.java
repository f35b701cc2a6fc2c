package dev.tributary.aggregation;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import java.util.function.Function;

/** Where a method writes the state that follows, tensor by tensor; the caller turns the files into blobs. */
public interface NextState {

    /** Opens a new version of the named part; the caller of this method closes the writer. */
    SafetensorsWriter part(String name, Layout layout);

    /**
     * Writes a new version of the named part.
     *
     * @param values of each tensor, row-major; asked for only where they are written, not where a state is declared
     */
    default void part(String name, Layout layout, Function<TensorInfo, float[]> values) {
        try (SafetensorsWriter writer = part(name, layout)) {
            layout.tensors().values().forEach(info -> writer.write(info.name(), values.apply(info)));
        }
    }

    /** Carries a part over unchanged. */
    void keepPart(String name);

    /** Opens this round's fold: {@code fold_P} and {@code fold_Q} per module, scaling included. At most once. */
    SafetensorsWriter fold(Layout layout);

    /** Remembers a small value for the next round. */
    void remember(String key, String value);
}
