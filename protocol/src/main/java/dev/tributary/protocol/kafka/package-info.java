/** The wire on Apache Kafka: one topic per agent and direction, one for blobs; plain clients, no consumer groups. */
@NullMarked
package dev.tributary.protocol.kafka;

import org.jspecify.annotations.NullMarked;
