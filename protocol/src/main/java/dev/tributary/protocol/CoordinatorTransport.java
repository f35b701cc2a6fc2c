package dev.tributary.protocol;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The coordinator's end of the wire. Uplink chunks are assembled into the coordinator's {@link BlobStore} on the way; a
 * message that names a blob is delivered after that blob's manifest, so a blob that is then missing was never sent whole.
 */
public interface CoordinatorTransport extends AutoCloseable {

    /**
     * Starts reading every agent's uplink after the given positions (from the beginning where none is given). Positions
     * come from {@link FromAgent#resumeFrom}; messages after them may have been delivered before.
     */
    void start(Map<AgentId, Long> positions);

    /** Tells that these agents may write from now on, so that the first message of a new one is not waited for. */
    default void expect(Collection<AgentId> agents) {}

    /** Messages from all agents, in order per agent; waits at most {@code timeout} for the first. */
    List<FromAgent> poll(Duration timeout);

    /**
     * Sends signed messages, those to one agent in the given order; returns when the broker has all of them.
     *
     * @throws TransportException if it cannot take one within a bound; others may have gone
     */
    void send(List<ToAgent> messages);

    /** Sends one signed message; returns when the broker has it. */
    default void send(AgentId to, byte[] signed) {
        send(List.of(new ToAgent(to, signed)));
    }

    /**
     * Makes a blob fetchable by all agents; returns when the broker has its manifest. The location can be kept in the log:
     * where blobs are sealed it tells no key.
     */
    BlobLocation publish(BlobRef blob, Path file);

    /** A published blob's location as agents are told it: with the key, where blobs are sealed. */
    default BlobLocation withKey(BlobLocation location) {
        return location;
    }

    /**
     * Tells what is not needed any more, so that the wire can let go of it: uplink records up to and including the given
     * positions, and published blobs other than {@code live}.
     */
    default void discard(Map<AgentId, Long> upTo, Collection<BlobLocation> live) {}

    @Override
    void close();

    /** A signed message and whom it is for. */
    record ToAgent(AgentId to, byte[] signed) {}

    /**
     * @param agent owner of the topic it came on; the envelope must name the same
     * @param resumeFrom position to give to {@link #start} after a restart once this message is dealt with; nothing is
     *     lost then, as chunks of an unfinished blob are read again
     * @param wireBytes bytes on the wire since the agent's message before, chunks included
     */
    record FromAgent(AgentId agent, byte[] signed, long resumeFrom, long wireBytes) {}
}
