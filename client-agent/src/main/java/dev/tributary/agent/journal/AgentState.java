package dev.tributary.agent.journal;

import dev.tributary.protocol.chain.ChainHead;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The few things an agent must not forget: the leader's epoch, which of its messages are dealt with, its own measured
 * speed.
 * Safe for use by several threads.
 */
public final class AgentState {

    private static final double SPEED_NEWS = 0.2;

    private static final Logger LOG = LoggerFactory.getLogger(AgentState.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;
    private Content content;
    private double storedSpeed;

    private AgentState(Path file, Content content) {
        this.file = file;
        this.content = content;
        this.storedSpeed = content.tokensPerSecond;
    }

    /** @throws IllegalStateException if the file there is damaged */
    public static AgentState open(Path directory) {
        Path file = directory.resolve("state.json");
        if (!Files.exists(file)) {
            return new AgentState(file, new Content(0, 0, 0, ChainHead.START));
        }
        try {
            return new AgentState(file, JSON.readValue(DurableFiles.read(file), Content.class));
        } catch (JacksonException e) {
            throw new IllegalStateException(
                    file + " is damaged (" + e.getOriginalMessage()
                            + "); restore it from a backup. Deleting it makes the"
                            + " agent forget which coordinator leads and which messages it has had",
                    e);
        }
    }

    /**
     * Whether a command is from the leader. A command of an older epoch is a deposed leader's, unless it came before
     * the newer epoch did: then it was given while its leader led, and is only delivered once more.
     *
     * @param position of the command in the downlink
     */
    public synchronized boolean admits(long epoch, long position) {
        if (epoch > content.epoch) {
            if (content.epoch > 0) {
                LOG.info("coordinator epoch {} follows {}", epoch, content.epoch);
            }
            store(new Content(epoch, position, content.tokensPerSecond, content.received));
            return true;
        }
        return epoch == content.epoch || position < content.epochPosition;
    }

    public synchronized long epoch() {
        return content.epoch;
    }

    /** Measured training speed, 0 if never measured. */
    public synchronized double tokensPerSecond() {
        return content.tokensPerSecond;
    }

    /** Remembers a measurement, smoothed over the earlier ones; on disk only when it changes much. */
    public synchronized void measured(double tokensPerSecond) {
        if (!(tokensPerSecond > 0) || Double.isInfinite(tokensPerSecond)) {
            return;
        }
        double smoothed =
                content.tokensPerSecond > 0 ? 0.7 * content.tokensPerSecond + 0.3 * tokensPerSecond : tokensPerSecond;
        Content next = new Content(content.epoch, content.epochPosition, smoothed, content.received);
        if (Math.abs(smoothed - storedSpeed) > SPEED_NEWS * storedSpeed) {
            store(next);
        } else {
            content = next;
        }
    }

    /** The newest of the coordinator's messages up to which all are dealt with. */
    public synchronized ChainHead received() {
        return content.received;
    }

    /** Remembers that the coordinator's messages up to this one are dealt with. */
    public synchronized void received(ChainHead head) {
        if (!head.equals(content.received)) {
            Content next = new Content(content.epoch, content.epochPosition, content.tokensPerSecond, head);
            DurableFiles.replace(file, bytes(next)); // should the old head come back, so do the messages after it
            entered(next);
        }
    }

    private void store(Content next) {
        DurableFiles.write(file, bytes(next));
        entered(next);
    }

    private static byte[] bytes(Content content) {
        return JSON.writeValueAsString(content).getBytes(StandardCharsets.UTF_8);
    }

    private void entered(Content next) {
        content = next;
        storedSpeed = next.tokensPerSecond;
    }

    /**
     * @param epochPosition where in the downlink the first command of this epoch stood
     * @param received the coordinator's newest message up to which all are dealt with
     */
    record Content(long epoch, long epochPosition, double tokensPerSecond, ChainHead received) {}
}
