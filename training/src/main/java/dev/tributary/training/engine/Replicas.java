package dev.tributary.training.engine;

import dev.tributary.training.model.Flat;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The models of a training that have values of their own, being on other GPUs than the first: they compute gradients on
 * their share of each batch, and follow the first one, which alone is stepped (data parallelism).
 */
final class Replicas {

    private final List<Tensor> followed;
    private final List<Tensor> copies = new ArrayList<>(); // one buffer for each replica

    /** @param models of one adapter; those that share the first one's memory need nothing and are left alone */
    Replicas(List<TaskModel> models) {
        followed = parameters(models.get(0));
        for (TaskModel model : models.subList(1, models.size())) {
            List<Tensor> own = parameters(model);
            if (!own.isEmpty() && !own.get(0).is_alias_of(followed.get(0))) {
                copies.add(Flat.adopt(own));
            }
        }
    }

    private static List<Tensor> parameters(TaskModel model) {
        return List.copyOf(model.adapter().parameters().values());
    }

    /** To be called after every step of the first model. */
    void follow() {
        if (copies.isEmpty()) {
            return;
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            Tensor values = Flat.join(followed);
            copies.forEach(copy -> copy.copy_(values));
        }
    }
}
