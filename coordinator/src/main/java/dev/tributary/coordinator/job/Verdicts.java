package dev.tributary.coordinator.job;

/** Refusals that mean more than one answer missing. The codes are the agents'. */
final class Verdicts {
    private static final String BUDGET_EXHAUSTED = "budget-exhausted";
    private static final String PRIVACY_ALARM = "privacy-alarm";

    private Verdicts() {}

    /** Whether a member could not take part because the round would have passed a privacy budget. */
    static boolean budgetExhausted(Attempt attempt) {
        return attempt.answers().values().stream()
                .anyMatch(answer ->
                        answer.kind() == Answer.Kind.REFUSED && answer.reason().equals(BUDGET_EXHAUSTED));
    }

    /** Whether the job has come to the end of the privacy budget: another attempt would end in the same way. */
    static boolean budgetExhausted(JobState state) {
        return state.lastRound()
                .filter(round -> round.phase() == RoundPhase.ABANDONED && budgetExhausted(round.attempt()))
                .isPresent();
    }

    /** Whether an agent's audit contradicts the privacy claim. */
    static boolean alarms(String reason) {
        return reason.equals(PRIVACY_ALARM);
    }
}
