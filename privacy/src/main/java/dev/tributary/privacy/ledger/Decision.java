package dev.tributary.privacy.ledger;

import dev.tributary.privacy.accountant.PrivacyBudget;

/** Whether a charge fits. */
public sealed interface Decision {

    /**
     * It fits and is on disk: the work may start. Nothing may leave before {@link PrivacyLedger#commit}.
     *
     * @param reservation to commit or release
     * @param epsilon spent on the data, this charge included
     */
    record Granted(long reservation, double epsilon) implements Decision {}

    /**
     * It would pass a budget; nothing was recorded and the work must not start.
     *
     * @param whose {@code dataset} or {@code job}
     * @param epsilonNow spent without it
     * @param epsilonAfter with it
     */
    record Exhausted(String whose, PrivacyBudget budget, double epsilonNow, double epsilonAfter) implements Decision {

        public String reason() {
            return "the " + whose + "'s privacy budget is exhausted: epsilon " + epsilonNow + " of " + budget.epsilon()
                    + " is spent at delta " + budget.delta() + ", and this step would bring it to " + epsilonAfter;
        }
    }
}
