package dev.tributary.training.engine;

import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Torch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a task measures and minimises. */
enum Objective {
    CLASSIFICATION {
        @Override
        Outcome measure(TaskModel model, List<Encoded> examples) {
            try (Batch batch = Batch.of(examples.stream().map(Encoded::ids).toList())) {
                Tensor labels =
                        Torch.longs(examples.stream().mapToLong(Encoded::label).toArray());
                Tensor logits = model.logits(batch); // (size, labels)
                Tensor loss = torch.cross_entropy_loss(logits, labels);
                return new Outcome(loss, logits, labels, batch.tokens(), (long) batch.size() * batch.longest());
            }
        }
    },
    NEXT_TOKEN {
        @Override
        Outcome measure(TaskModel model, List<Encoded> examples) {
            try (Batch batch = Batch.of(examples.stream().map(Encoded::ids).toList())) {
                int targets = batch.tokens() - batch.size();
                long[] rows = new long[targets]; // packed rows that have a successor
                long[] next = new long[targets];
                int at = 0;
                int row = 0;
                for (Encoded example : examples) {
                    int[] ids = example.ids();
                    for (int i = 0; i < ids.length; i++, row++) {
                        if (i + 1 < ids.length) {
                            rows[at] = row;
                            next[at++] = ids[i + 1];
                        }
                    }
                }
                Tensor successors = Torch.longs(next);
                Tensor logits = model.logits(batch, Torch.longs(rows)); // (targets, vocabulary)
                Tensor loss = torch.cross_entropy_loss(logits, successors);
                return new Outcome(loss, logits, successors, batch.tokens(), (long) batch.size() * batch.longest());
            }
        }
    };

    abstract Outcome measure(TaskModel model, List<Encoded> examples);

    /**
     * One batch through the model.
     *
     * @param loss mean over the targets
     * @param tokens real tokens
     * @param slots tokens as if every sequence were padded to the longest
     */
    record Outcome(Tensor loss, Tensor logits, Tensor targets, long tokens, long slots) {

        long count() {
            return targets.numel();
        }

        /** Targets that have the highest logit. */
        long correct() {
            return torch.eq(torch.argmax(logits, new org.bytedeco.pytorch.LongOptional(-1), false), targets)
                    .sum()
                    .item_long();
        }
    }
}
