/** The one log: hash-chained event streams, the outbox and uplink positions, appended in one transaction. */
@NullMarked
package dev.tributary.coordinator.log;

import org.jspecify.annotations.NullMarked;
