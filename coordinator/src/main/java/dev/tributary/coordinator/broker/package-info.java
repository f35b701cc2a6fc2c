/** A real Kafka broker inside this process. Uses Kafka's server classes, which are no public API: keep them in here. */
@NullMarked
package dev.tributary.coordinator.broker;

import org.jspecify.annotations.NullMarked;
