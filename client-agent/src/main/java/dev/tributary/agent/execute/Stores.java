package dev.tributary.agent.execute;

import dev.tributary.agent.journal.Journal;
import dev.tributary.agent.journal.KeptTensors;
import dev.tributary.protocol.BlobStore;

/**
 * What this agent has on its disk.
 *
 * @param received blobs fetched from the coordinator
 * @param sealed blobs of this agent's own updates
 */
public record Stores(Journal journal, KeptTensors kept, BlobStore received, BlobStore sealed) {}
