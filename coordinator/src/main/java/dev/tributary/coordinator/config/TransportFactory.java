package dev.tributary.coordinator.config;

import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;

/** Makes the coordinator's end of the wire; given to {@code CoordinatorOptions} it takes the place of Kafka. */
@FunctionalInterface
public interface TransportFactory {

    /** @param blobs store that uploaded blobs are put into */
    CoordinatorTransport create(BlobStore blobs);
}
