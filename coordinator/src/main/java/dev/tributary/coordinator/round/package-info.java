/** The running side of jobs: intake, leases, cohorts, plans, aggregation workers, the outbox relay. */
@NullMarked
package dev.tributary.coordinator.round;

import org.jspecify.annotations.NullMarked;
