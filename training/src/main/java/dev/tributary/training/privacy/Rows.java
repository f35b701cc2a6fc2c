package dev.tributary.training.privacy;

import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Batch;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/** Which rows of a packed activation belong to which example: one a token, or one an example after pooling. */
record Rows(Batch batch) {

    /** (rows, width) → (size, longest, width), zero behind an example's last row. */
    Tensor blocks(Tensor rows) {
        return perToken(rows) ? batch.pad(rows.contiguous()) : rows.unsqueeze(1);
    }

    /** Every example's factor beside each of its rows, (rows, 1). */
    Tensor repeat(float[] factors, Tensor like) {
        if (!perToken(like)) {
            return batch.device().floats(factors, factors.length, 1);
        }
        float[] repeated = new float[batch.tokens()];
        int at = 0;
        for (int i = 0; i < batch.size(); i++) {
            Arrays.fill(repeated, at, at + batch.length(i), factors[i]);
            at += batch.length(i);
        }
        return batch.device().floats(repeated, repeated.length, 1);
    }

    private boolean perToken(Tensor rows) {
        long count = rows.size(0);
        if (count != batch.tokens() && count != batch.size()) {
            throw new TrainingException("a trained module sees " + count + " rows in a batch of " + batch.size()
                    + " examples and " + batch.tokens()
                    + " tokens; gradients of single examples need one row a token or one an example");
        }
        return count == batch.tokens();
    }
}
