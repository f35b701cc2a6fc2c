package dev.tributary.coordinator.job;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.StateRef;
import dev.tributary.plan.Update;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an update's header alone says, before its tensors are looked at.
 *
 * @param repeat the same content as was answered before: nothing new, at most the verdict is sent again
 * @param flaw why it is rejected; null if the tensors are to be checked
 */
public record Screening(boolean repeat, @Nullable Flaw flaw) {

    private static final Screening PASS = new Screening(false, null);
    private static final Screening REPEAT = new Screening(true, null);

    public boolean passed() {
        return !repeat && flaw == null;
    }

    /** Screens an update that {@code from} signed. */
    public static Screening of(JobState state, AgentId from, Update update) {
        Round round = state.rounds().get(update.round());
        Optional<Attempt> attempt = round == null
                ? Optional.empty()
                : round.attempts().stream()
                        .filter(a -> a.memberOf(update.planId()).isPresent())
                        .findFirst();
        if (attempt.isEmpty()) {
            return flaw(
                    "unknown-plan",
                    "job " + state.id() + " has no training plan " + update.planId() + " in round " + update.round());
        }
        return inAttempt(state, attempt.get(), from, update);
    }

    private static Screening inAttempt(JobState state, Attempt attempt, AgentId from, Update update) {
        Member member = attempt.memberOf(update.planId()).orElseThrow();
        if (!from.equals(member.agent()) || !from.equals(update.agent())) {
            return flaw(
                    "wrong-sender",
                    "plan " + update.planId() + " belongs to " + member.agent() + ", the message came from " + from
                            + " and names " + update.agent());
        }
        if (update.attempt() != attempt.number()) {
            return flaw(
                    "wrong-attempt",
                    "plan " + update.planId() + " is of attempt " + attempt.number() + ", the update says "
                            + update.attempt());
        }
        Answer before = attempt.answers().get(from);
        if (before != null && !before.content().isEmpty()) {
            return before.content().equals(update.tensors().sha256())
                    ? REPEAT
                    : flaw(
                            "equivocation",
                            "plan " + update.planId() + " was answered before with other content (" + before.content()
                                    + ")");
        }
        if (state.status().isFinal() || !(attempt.isOpen() || mayCountLater(state, attempt, member))) {
            return flaw("late", "round " + update.round() + " attempt " + attempt.number() + " is closed");
        }
        return header(state, member, update);
    }

    private static boolean mayCountLater(JobState state, Attempt attempt, Member member) {
        return LateUpdates.stragglers(state).stream()
                .filter(s -> s.member().equals(member) && LateUpdates.isClosed(attempt))
                .anyMatch(s -> LateUpdates.isInTime(state, s.round()));
    }

    private static Screening header(JobState state, Member member, Update update) {
        StateRef base = state.state(update.round() - 1);
        if (update.stateVersion() != base.version()) {
            return flaw(
                    "wrong-state-version",
                    "trained from state " + update.stateVersion() + ", the plan named " + base.version());
        }
        if (update.baseVersion() != base.baseVersion()) {
            return flaw(
                    "wrong-base-version",
                    "trained on base version " + update.baseVersion() + ", the plan named " + base.baseVersion());
        }
        if (!update.layoutHash().equals(member.layoutHash())) {
            return flaw(
                    "wrong-layout",
                    "tensor layout " + update.layoutHash() + " is not the plan's " + member.layoutHash());
        }
        if (update.examples() < 1) {
            return flaw(
                    "no-examples", "an update needs at least 1 training example, this one has " + update.examples());
        }
        return PASS;
    }

    private static Screening flaw(String reason, String message) {
        return new Screening(false, new Flaw(reason, message));
    }
}
