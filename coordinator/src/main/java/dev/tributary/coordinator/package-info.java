/** The coordinator: one process that opens rounds, takes in updates and publishes global adapters. */
@NullMarked
package dev.tributary.coordinator;

import org.jspecify.annotations.NullMarked;
