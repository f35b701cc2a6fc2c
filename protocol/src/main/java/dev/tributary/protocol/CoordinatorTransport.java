package dev.tributary.protocol;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The coordinator's end of the wire. Uplink chunks are assembled into the coordinator's {@link BlobStore} on the way; a
 * message that names a blob is delivered after that blob's manifest, so a blob that is then missing was never sent whole.
 */
public interface CoordinatorTransport extends AutoCloseable {

    /** Starts reading every agent's uplink after the given positions (from the beginning where none is given). */
    void start(Map<AgentId, Long> positions);

    /** Messages from all agents, in order per agent; waits at most {@code timeout} for the first. */
    List<FromAgent> poll(Duration timeout);

    /** Sends a signed message to an agent; returns when the broker has it. */
    void send(AgentId to, byte[] signed);

    /** Makes a blob fetchable by all agents; returns when the broker has its manifest. */
    BlobLocation publish(BlobRef blob, Path file);

    @Override
    void close();

    /**
     * @param agent owner of the topic it came on; the envelope must name the same
     * @param resumeFrom position to start from after a restart so that nothing is lost (chunks of an unfinished blob are
     *     read again)
     * @param wireBytes bytes on the wire since the agent's message before, chunks included
     */
    record FromAgent(AgentId agent, byte[] signed, long resumeFrom, long wireBytes) {}
}
