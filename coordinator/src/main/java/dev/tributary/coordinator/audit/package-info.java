/** The log for people who do not trust whoever keeps it: signed checkpoints, an export, and its verification. */
@NullMarked
package dev.tributary.coordinator.audit;

import org.jspecify.annotations.NullMarked;
