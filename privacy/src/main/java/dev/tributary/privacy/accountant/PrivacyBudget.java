package dev.tributary.privacy.accountant;

/** A bound on privacy loss: at most {@code epsilon}, but for a probability of {@code delta}. */
public record PrivacyBudget(double epsilon, double delta) {
    public PrivacyBudget {
        if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("epsilon must be > 0 and finite, was " + epsilon);
        }
        Checks.delta(delta);
    }
}
