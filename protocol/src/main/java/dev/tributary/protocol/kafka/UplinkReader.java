package dev.tributary.protocol.kafka;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport.FromAgent;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.chunk.AssemblyLimits;
import dev.tributary.protocol.chunk.BlobAssembler;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One agent's uplink: chunks and manifests go into the store, messages to whoever asks. For one thread. */
final class UplinkReader implements AutoCloseable {

    private final AgentId agent;
    private final MessageCodec codec;
    private final BlobAssembler assembler;
    private final JunkLog junk;
    private long wireBytes;

    UplinkReader(AgentId agent, MessageCodec codec, BlobStore store, AssemblyLimits limits, JunkLog junk) {
        this.agent = agent;
        this.codec = codec;
        this.junk = junk;
        this.assembler = new BlobAssembler(agent.value(), store, limits, System::nanoTime, junk);
    }

    /** Takes the next record; may throw a storage failure, after which the same record must be given again. */
    void take(ConsumerRecord<byte[], byte[]> record, List<FromAgent> received) {
        try {
            switch (WireRecords.kind(record)) {
                case CHUNK -> assembler.chunk(WireRecords.chunk(record), record.offset());
                case MANIFEST -> manifest(record);
                case MESSAGE -> {
                    long bytes = wireBytes + WireRecords.bytes(record);
                    received.add(new FromAgent(agent, record.value(), resumeFrom(record.offset()), bytes));
                    wireBytes = 0;
                    return;
                }
            }
        } catch (IllegalArgumentException e) {
            junk.dropped(agent.value(), String.valueOf(e.getMessage()));
        }
        wireBytes += WireRecords.bytes(record);
    }

    private void manifest(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (codec.open(agent.value(), record.value()).message() instanceof Message.BlobManifest manifest) {
                assembler.manifest(manifest);
            } else {
                junk.dropped(agent.value(), "a manifest record that holds another message");
            }
        } catch (RejectedMessageException e) {
            junk.dropped(agent.value(), "manifest refused (" + e.reason() + "): " + e.getMessage());
        }
    }

    private long resumeFrom(long offset) {
        OptionalLong needed = assembler.oldestNeeded();
        return needed.isPresent() ? Math.min(offset, needed.getAsLong() - 1) : offset;
    }

    @Override
    public void close() {
        assembler.close();
    }
}
