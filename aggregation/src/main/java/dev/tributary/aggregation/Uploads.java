package dev.tributary.aggregation;

import dev.tributary.plan.Job;
import dev.tributary.plan.TensorTerms.Send;

/**
 * How trained tensors travel to the coordinator: as values in fp32, as differences from the starting value in bf16,
 * which keeps the relative precision of the change instead of that of the weight. Differences too where updates may come
 * late: only a change can be added to another state than the one it began at.
 */
public final class Uploads {

    private Uploads() {}

    public static Send send(Job job) {
        boolean change =
                job.upload().dtype().equals("bf16") || job.cohort().late().counted();
        return change ? Send.DELTA : Send.VALUE;
    }
}
