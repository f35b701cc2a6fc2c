package dev.tributary.training.model;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** What an adapter brings to a model that is being put together. */
public interface Adapters {

    /** No adapter: the base model as it is. */
    Adapters NONE = new Adapters() {
        @Override
        public @Nullable Delta delta(Linear linear) {
            return null;
        }

        @Override
        public @Nullable Tensor saved(String name) {
            return null;
        }
    };

    /** The adapter of a linear module, or null if it has none. */
    @Nullable
    Delta delta(Linear linear);

    /** A fully trained tensor that takes the place of the base's, or null. */
    @Nullable
    Tensor saved(String name);
}
