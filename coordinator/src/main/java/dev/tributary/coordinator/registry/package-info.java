/** Adapters promoted under names, with their history. */
@NullMarked
package dev.tributary.coordinator.registry;

import org.jspecify.annotations.NullMarked;
