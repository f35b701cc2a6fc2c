package dev.tributary.training.model;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A model family without its task head. All activations are packed: one row per real token of the batch, none for
 * padding.
 */
public interface Transformer {

    /** What enters the first layer, (tokens, hidden). */
    Tensor embed(Batch batch);

    List<? extends Layer> layers();

    /** What leaves the last layer, for example through a final norm: (tokens, hidden). */
    Tensor finish(Tensor x);

    int hiddenSize();

    /** Longest sequence in tokens. */
    int maxPositions();

    /** Number of token ids. */
    int vocabulary();

    /** One block: (tokens, hidden) → (tokens, hidden). */
    interface Layer {
        Tensor forward(Tensor x, Batch batch);
    }

    /** The whole stack; temporaries of a layer are freed before the next one begins. */
    default Tensor forward(Batch batch) {
        Tensor x = Torch.scoped(() -> embed(batch));
        for (Layer layer : layers()) {
            Tensor input = x;
            x = Torch.scoped(() -> layer.forward(input, batch));
        }
        return finish(x);
    }
}
