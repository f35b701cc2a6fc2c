package dev.tributary.privacy.dp;

import dev.tributary.privacy.accountant.PrivacyEvent;

/**
 * What the coordinator releases in one round of client-level central differential privacy: one noisy sum of clipped updates
 * (McMahan et al., arXiv:1710.06963), and with adaptive clipping the noisy count of those within the norm, both together one
 * Gaussian event.
 *
 * @param terms of unit {@code CLIENT} with trust {@code CENTRAL}
 * @param multiplier of that one event
 */
public record ClientRelease(PrivacyTerms terms, double multiplier) {

    /** A factor of this much either way is as far as the norm follows the clients. */
    private static final double RANGE = 100;

    /**
     * The noise that lets {@code rounds} rounds fit the budget, or what the terms say.
     *
     * @param clients N
     * @throws IllegalArgumentException if no noise is enough
     */
    public static ClientRelease plan(PrivacyTerms terms, int rounds, long clients) {
        return new ClientRelease(terms, terms.multiplier(clients, Math.max(1, rounds)));
    }

    /** One round, as accountants take it. */
    public PrivacyEvent event(long clients) {
        return terms.event(multiplier, clients, 1);
    }

    public boolean adapts() {
        return terms.clip() instanceof PrivacyTerms.MedianClip;
    }

    /** How the norm follows the clients' median. */
    public AdaptiveClip adaptation(double clients) {
        double first = terms.clip().norm();
        return AdaptiveClip.median(first / RANGE, first * RANGE, clients);
    }

    /**
     * The multiplier of the sum's noise: larger where a part of the event goes to the count.
     *
     * @throws IllegalArgumentException if there are too few clients for an adaptive norm
     */
    public double vectorMultiplier(double clients) {
        return adapts() ? adaptation(clients).vectorMultiplier(multiplier) : multiplier;
    }
}
