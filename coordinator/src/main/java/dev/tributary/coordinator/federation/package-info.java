/** Who belongs to the federation: registered agents, their pinned keys, the jobs that were given an id. */
@NullMarked
package dev.tributary.coordinator.federation;

import org.jspecify.annotations.NullMarked;
