package dev.tributary.coordinator.log;

/**
 * Queries over a stream of the log, for H2 and PostgreSQL. They name the stream in the order too: H2 then goes along the
 * primary key, where it otherwise reads and sorts the whole stream for each event appended.
 */
public final class LogQueries {

    /** Sequence number and hash of a stream's last event. Parameter: stream. */
    public static final String HEAD =
            "select seq, hash from events where stream = ? order by stream desc, seq desc limit 1";

    /** Events of a stream after one. Parameters: stream, sequence number, how many at most. */
    static final String PAGE = "select stream, seq, epoch, at_millis, event_type, body, prev_hash, hash from events"
            + " where stream = ? and seq > ? order by stream, seq limit ?";

    private LogQueries() {}
}
