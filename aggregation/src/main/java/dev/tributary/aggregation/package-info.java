/** Federated methods: how the updates of a round become the next global state. */
@NullMarked
package dev.tributary.aggregation;

import org.jspecify.annotations.NullMarked;
