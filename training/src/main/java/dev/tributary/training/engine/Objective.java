package dev.tributary.training.engine;

import dev.tributary.training.model.Batch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a task measures and minimises. */
enum Objective {
    /** Cross-entropy of the label, mean over examples. */
    CLASSIFICATION {
        @Override
        long targets(List<Encoded> examples) {
            return examples.size();
        }

        @Override
        Outcome measure(TaskModel model, List<Encoded> examples) {
            try (Batch batch =
                    Batch.of(model.device(), examples.stream().map(Encoded::ids).toList())) {
                Tensor labels = batch.device()
                        .longs(examples.stream().mapToLong(Encoded::label).toArray());
                Tensor logits = model.logits(batch); // (size, labels)
                Tensor loss = torch.cross_entropy_loss(logits, labels);
                return new Outcome(true, loss, logits, labels, batch.tokens(), (long) batch.size() * batch.longest());
            }
        }

        @Override
        Judged judge(TaskModel model, Batch batch, List<Encoded> examples) {
            Tensor labels = batch.device()
                    .longs(examples.stream().mapToLong(Encoded::label).toArray());
            Tensor logits = model.logits(batch); // (size, labels)
            return new Judged(each(logits, labels), hits(logits, labels));
        }
    },
    /** Cross-entropy of the next token, mean over all tokens but each sequence's first, or over those that are learned. */
    NEXT_TOKEN {
        @Override
        long targets(List<Encoded> examples) {
            return examples.stream().mapToLong(Encoded::targets).sum();
        }

        @Override
        Outcome measure(TaskModel model, List<Encoded> examples) {
            try (Batch batch =
                    Batch.of(model.device(), examples.stream().map(Encoded::ids).toList())) {
                int targets = Math.toIntExact(targets(examples));
                long[] rows = new long[targets]; // packed rows whose successor is a target
                long[] next = new long[targets];
                int at = 0;
                int row = 0;
                for (Encoded example : examples) {
                    int[] ids = example.ids();
                    for (int i = 0; i < ids.length; i++, row++) {
                        if (i + 1 < ids.length && example.isTarget(i + 1)) {
                            rows[at] = row;
                            next[at++] = ids[i + 1];
                        }
                    }
                }
                Tensor successors = batch.device().longs(next);
                Tensor logits = model.logits(batch, batch.device().longs(rows)); // (targets, vocabulary)
                Tensor loss = torch.cross_entropy_loss(logits, successors);
                return new Outcome(
                        false, loss, logits, successors, batch.tokens(), (long) batch.size() * batch.longest());
            }
        }

        @Override
        Judged judge(TaskModel model, Batch batch, List<Encoded> examples) {
            int targets = Math.toIntExact(targets(examples));
            long[] rows = new long[targets];
            long[] next = new long[targets];
            float[] shares = new float[examples.size() * targets]; // (size, targets): each example's mean over its own
            int at = 0;
            int row = 0;
            for (int e = 0; e < examples.size(); e++) {
                int[] ids = examples.get(e).ids();
                for (int i = 0; i + 1 < ids.length; i++) {
                    shares[e * targets + at] = 1f / (ids.length - 1);
                    rows[at] = row + i;
                    next[at++] = ids[i + 1];
                }
                row += ids.length;
            }
            Tensor successors = batch.device().longs(next);
            Tensor logits = model.logits(batch, batch.device().longs(rows)); // (targets, vocabulary)
            Tensor mean = batch.device().floats(shares, examples.size(), targets);
            return new Judged(torch.mv(mean, each(logits, successors)), torch.mv(mean, hits(logits, successors)));
        }
    };

    /** How many predictions the loss is the mean of. */
    abstract long targets(List<Encoded> examples);

    abstract Outcome measure(TaskModel model, List<Encoded> examples);

    /** Every example by itself. */
    abstract Judged judge(TaskModel model, Batch batch, List<Encoded> examples);

    /**
     * One batch, example by example.
     *
     * @param losses each example's own mean loss, (size)
     * @param hits share of each example's targets that have the highest logit, (size)
     */
    record Judged(Tensor losses, Tensor hits) {}

    private static Tensor each(Tensor logits, Tensor targets) {
        return torch.log_softmax(logits, -1)
                .gather(1, targets.unsqueeze(1))
                .squeeze(1)
                .neg();
    }

    private static Tensor hits(Tensor logits, Tensor targets) {
        return torch.eq(torch.argmax(logits, new org.bytedeco.pytorch.LongOptional(-1), false), targets)
                .to(torch.ScalarType.Float);
    }

    /**
     * One batch through the model.
     *
     * @param isClassification whether targets are classes of examples, else next tokens
     * @param loss mean over the targets
     * @param tokens real tokens
     * @param slots tokens as if every sequence were padded to the longest
     */
    record Outcome(boolean isClassification, Tensor loss, Tensor logits, Tensor targets, long tokens, long slots) {

        long count() {
            return targets.numel();
        }

        /** Frees the logits, the largest tensor of all where the vocabulary is large; the backward pass keeps what it needs. */
        void dropLogits() {
            logits.close();
        }
    }
}
