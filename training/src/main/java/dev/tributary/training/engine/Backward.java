package dev.tributary.training.engine;

import dev.tributary.training.model.Torch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Forward and backward pass of one model over some examples. */
class Backward {

    /**
     * @param weightedLoss the mean loss times the weight that was asked for
     * @param slots tokens as if every sequence were padded to the longest
     */
    record Result(double weightedLoss, long tokens, long slots) {}

    /** Adds {@code gradientWeight} times the gradient of the mean loss to the model's; nothing if the loss is not finite. */
    Result add(TaskModel model, List<Encoded> examples, double gradientWeight, double lossWeight) {
        Objective.Outcome outcome = model.objective().measure(model, examples);
        double loss = outcome.loss().item_double();
        outcome.dropLogits();
        if (Double.isFinite(loss)) {
            weighted(outcome.loss(), gradientWeight).backward();
        }
        return new Result(lossWeight * loss, outcome.tokens(), outcome.slots());
    }

    static Tensor weighted(Tensor loss, double weight) {
        return weight == 1 ? loss : loss.mul(Torch.scalar(weight));
    }
}
