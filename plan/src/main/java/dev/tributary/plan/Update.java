package dev.tributary.plan;

/**
 * An agent's answer to a {@link Plan.Train}: what the tensors blob is and what it was made from. The blob itself travels
 * by its reference.
 *
 * @param tensors the safetensors blob with the tensors the plan asked for
 * @param layoutHash {@link dev.tributary.adapter.Layout#hash()} of that blob
 * @param baseVersion version of the folded base it was trained on
 * @param stateVersion version of the global state it started from
 * @param examples number of training examples, the weight in the mean
 * @param training figures over the local training ({@code loss}, {@code steps}, {@code tokens}, {@code seconds}, ...)
 * @param bytesReceived bytes fetched for this plan (cached blobs are not fetched again)
 */
public record Update(
        String planId,
        JobId job,
        int round,
        int attempt,
        AgentId agent,
        BlobRef tensors,
        String layoutHash,
        int baseVersion,
        int stateVersion,
        long examples,
        Metrics training,
        long bytesReceived) {}
