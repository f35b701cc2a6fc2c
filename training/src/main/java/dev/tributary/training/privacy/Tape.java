package dev.tributary.training.privacy;

import dev.tributary.training.model.Linear;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;

/** What went into and came out of the watched modules in one forward pass. Closing frees it and ends the watch. */
final class Tape implements AutoCloseable {

    private final List<Linear> watched;
    private final List<Seen> seen = new ArrayList<>();

    /**
     * @param x (rows, in)
     * @param y (rows, out), as the rest of the model sees it
     */
    record Seen(Linear module, Tensor x, Tensor y) {}

    Tape(Collection<Linear> modules, Predicate<Linear> which) {
        watched = modules.stream().filter(which).toList();
        watched.forEach(module -> module.watch(this::note));
    }

    private void note(Linear module, Tensor x, Tensor y) {
        // Activations are freed layer by layer; these are needed after the pass.
        x.retainReference();
        y.retainReference();
        seen.add(new Seen(module, x, y));
    }

    List<Seen> seen() {
        return seen;
    }

    @Override
    public void close() {
        watched.forEach(module -> module.watch(null));
        seen.forEach(each -> {
            each.x().releaseReference();
            each.y().releaseReference();
        });
        seen.clear();
    }
}
