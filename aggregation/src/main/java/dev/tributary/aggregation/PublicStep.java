package dev.tributary.aggregation;

/**
 * The first step of full fine-tuning on data that everybody may see: −size·sign(∇L) of every adapted weight, which is what
 * Adam's first step is.
 *
 * @param dataset that every agent has under this name, with the same contents
 * @param size of the step, the same for every element
 */
public record PublicStep(String dataset, double size) {}
