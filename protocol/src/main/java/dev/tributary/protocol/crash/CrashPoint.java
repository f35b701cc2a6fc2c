package dev.tributary.protocol.crash;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A named place in the running of a coordinator or an agent at which a crash must do no harm. The system property
 * {@value #PROPERTY} ends the process there at once, without hooks or flushes: {@code POINT}, {@code POINT/DETAIL} or
 * {@code POINT/DETAIL#N} for the N-th passage, for example {@code before-append/RoundClosed#2} or {@code after-chunk/3}.
 * Without the property a point costs nothing.
 */
public enum CrashPoint {
    /** Events are decided, not stored. Detail: the event's type name. */
    BEFORE_APPEND,
    /** Events and their messages are stored, not applied. Detail: the event's type name. */
    AFTER_APPEND,
    /** A message of the outbox is about to go. Detail: the message's type name. */
    BEFORE_SEND,
    /** The broker has the message, the outbox does not know it. Detail: the message's type name. */
    AFTER_SEND,
    /** The outbox knows that the message went. Detail: the message's type name. */
    AFTER_MARK_SENT,
    /** A file is about to enter a blob store. */
    BEFORE_STORE,
    /** A file has entered a blob store. */
    AFTER_STORE,
    /** A round closed, nothing of its next state is computed. */
    BEFORE_AGGREGATE,
    /** The next state is computed, not stored. */
    AFTER_AGGREGATE,
    /** The next state is stored, not sent to the broker. */
    BEFORE_PUBLISH,
    /** The next state is with the broker, the log does not know it. */
    AFTER_PUBLISH,
    /** Detail: the chunk's index in its blob. */
    BEFORE_CHUNK,
    /** The broker has acknowledged a chunk. Detail: the chunk's index in its blob. */
    AFTER_CHUNK,
    /** All chunks of a blob are acknowledged. */
    BEFORE_MANIFEST,
    /** The broker has the manifest, and with it the blob. */
    AFTER_MANIFEST,
    /** An agent is between two batches. Detail: batches done. */
    TRAINING,
    /** An agent has finished a step of a plan. Detail: the step's name. */
    AGENT_STEP;

    public static final String PROPERTY = "tributary.crash-at";

    /** Exit status of a process that was ended here. */
    public static final int STATUS = 86;

    private static final @Nullable Armed ARMED = Armed.parse(System.getProperty(PROPERTY));

    /** Ends the process if this point is armed. */
    public void pass() {
        pass("");
    }

    /** Ends the process if this point is armed, for this detail or for any. */
    public void pass(String detail) {
        if (ARMED != null) {
            ARMED.pass(this, detail);
        }
    }

    /** For a detail that is a number; builds no text unless a point is armed. */
    public void pass(long detail) {
        if (ARMED != null) {
            ARMED.pass(this, Long.toString(detail));
        }
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Which passage ends the process. */
    private record Armed(CrashPoint point, String detail, int passage, AtomicInteger passed) {

        static @Nullable Armed parse(@Nullable String text) {
            if (text == null || text.isEmpty()) {
                return null;
            }
            int count = text.indexOf('#');
            String place = count < 0 ? text : text.substring(0, count);
            int slash = place.indexOf('/');
            String word = slash < 0 ? place : place.substring(0, slash);
            for (CrashPoint point : values()) {
                if (point.word().equals(word)) {
                    return new Armed(
                            point,
                            slash < 0 ? "" : place.substring(slash + 1),
                            count < 0 ? 1 : Integer.parseInt(text.substring(count + 1)),
                            new AtomicInteger());
                }
            }
            throw new IllegalArgumentException(PROPERTY + " names no crash point: '" + text + "'");
        }

        void pass(CrashPoint at, String what) {
            if (at == point && (detail.isEmpty() || detail.equals(what)) && passed.incrementAndGet() == passage) {
                System.err.println(PROPERTY + ": " + at.word() + (what.isEmpty() ? "" : "/" + what));
                System.err.flush();
                Runtime.getRuntime().halt(STATUS);
            }
        }
    }
}
