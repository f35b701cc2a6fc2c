package dev.tributary.coordinator.job;

import dev.tributary.plan.Update;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of one member of an attempt.
 *
 * @param content SHA-256 of the blob it sent, empty if none came
 * @param update the update, only if accepted or deferred
 */
public record Answer(
        Kind kind,
        Instant at,
        String reason,
        String message,
        String content,
        @Nullable Update update,
        long wireBytes) {

    /** The ways in which a plan can end. */
    public enum Kind {
        ACCEPTED,
        /** Came after the round closed; counts in a later one. */
        DEFERRED,
        REJECTED,
        REFUSED,
        LOST
    }

    static Answer accepted(Instant at, Update update, long wireBytes) {
        return new Answer(Kind.ACCEPTED, at, "", "", update.tensors().sha256(), update, wireBytes);
    }

    static Answer deferred(Instant at, Update update, long wireBytes) {
        return new Answer(Kind.DEFERRED, at, "", "", update.tensors().sha256(), update, wireBytes);
    }

    static Answer rejected(Instant at, String reason, String message, String content) {
        return new Answer(Kind.REJECTED, at, reason, message, content, null, 0);
    }

    static Answer refused(Instant at, String reason, String message) {
        return new Answer(Kind.REFUSED, at, reason, message, "", null, 0);
    }

    static Answer lost(Instant at, String reason) {
        return new Answer(Kind.LOST, at, "lost", reason, "", null, 0);
    }
}
