/** REST and server-sent events. */
@NullMarked
package dev.tributary.coordinator.api;

import org.jspecify.annotations.NullMarked;
